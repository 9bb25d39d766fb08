"""A life cycle of Droplets with pydo.aio, the official client's asynchronous half: many things at the same time."""

import asyncio
import os

from azure.core.exceptions import HttpResponseError
from pydo.aio import Client

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHSH948KpWQUyxThfNNphgnpfCXq/IUKsRuBlE+G/6p peer@example.com"
PLAN = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}


class Cloud:
    def __init__(self, client):
        self.client = client

    async def droplet(self, id):
        return (await self.client.droplets.get(id))["droplet"]

    async def become(self, status, id):
        while (await self.droplet(id))["status"] != status:
            await asyncio.sleep(0.05)

    async def finish(self, action):
        while action["status"] == "in-progress":
            await asyncio.sleep(0.05)
            action = (await self.client.actions.get(action["id"]))["action"]
        return action

    async def act(self, id, type, **arguments):
        reply = await self.client.droplet_actions.post(id, body={"type": type, **arguments})
        return await self.finish(reply["action"])

    async def create(self, body):
        reply = await self.client.droplets.create(body=body)
        made = reply.get("droplets") or [reply["droplet"]]
        ids = [one["id"] for one in made]
        await asyncio.gather(*(self.become("active", id) for id in ids))
        return ids


async def droplets(cloud):
    key = (await cloud.client.ssh_keys.create(body={"name": "laptop", "public_key": KEY}))["ssh_key"]
    solo_body = {"name": "solo", "ssh_keys": [key["fingerprint"]], "tags": ["peer"], **PLAN}
    crew_body = {"names": ["crew-1", "crew-2", "crew-3"], "tags": ["peer", "crew"], **PLAN}
    (solo,), crew = await asyncio.gather(cloud.create(solo_body), cloud.create(crew_body))
    print("active:", sorted(one["name"] for one in (await cloud.client.droplets.list(tag_name="peer"))["droplets"]))
    print("addresses:", [one["type"] for one in (await cloud.droplet(solo))["networks"]["v4"]])
    await cloud.client.ssh_keys.delete(key["fingerprint"])
    return solo, crew


async def actions(cloud, solo, crew):
    done = await asyncio.gather(*(cloud.act(id, "power_off") for id in [solo, *crew]))
    print("power_off:", [one["status"] for one in done], (await cloud.droplet(solo))["status"])
    print("resize:", (await cloud.act(solo, "resize", size="s-2vcpu-2gb", disk=True))["status"])
    print("disk:", (await cloud.droplet(solo))["disk"])
    print("snapshot:", (await cloud.act(solo, "snapshot", name="solo-snapshot"))["status"])
    print("rename:", (await cloud.act(solo, "rename", name="renamed"))["status"])
    reply = await cloud.client.droplet_actions.post_by_tag(body={"type": "power_on"}, tag_name="peer")
    done = await asyncio.gather(*(cloud.finish(action) for action in reply["actions"]))
    print("power_on:", [one["status"] for one in done], (await cloud.droplet(solo))["status"])


async def volumes(cloud, crew):
    bodies = [{"name": f"data-{number}", "region": "nyc3", "size_gigabytes": 5} for number in range(len(crew))]
    made = await asyncio.gather(*(cloud.client.volumes.create(body=body) for body in bodies))
    ids = [one["volume"]["id"] for one in made]
    for type in ("attach", "detach"):
        replies = await asyncio.gather(
            *(
                cloud.client.volume_actions.post_by_id(volume, body={"type": type, "droplet_id": id})
                for volume, id in zip(ids, crew, strict=True)
            )
        )
        done = await asyncio.gather(*(cloud.finish(reply["action"]) for reply in replies))
        print(f"{type}:", [one["status"] for one in done])
    await asyncio.gather(*(cloud.client.volumes.delete(volume) for volume in ids))


async def errors(cloud, solo):
    print("missing:", (await cloud.client.droplets.get(1))["id"])
    try:
        await cloud.act(solo, "resize", size="s-4vcpu-8gb")
    except HttpResponseError as error:
        print("refused:", error.status_code, error.error.message)


async def pages(cloud):
    replies = await asyncio.gather(*(cloud.client.droplets.list(page=page, per_page=2) for page in (1, 2, 3)))
    print("pages:", [len(reply["droplets"]) for reply in replies], sorted(replies[0]["links"]["pages"]))


async def main():
    async with Client(
        os.environ["DO_TOKEN"],
        endpoint=os.environ["DO_ORIGIN"],
        connection_verify=os.environ["DO_CA"],
    ) as client:
        cloud = Cloud(client)
        solo, crew = await droplets(cloud)
        await actions(cloud, solo, crew)
        await volumes(cloud, crew)
        await pages(cloud)
        await errors(cloud, solo)
        await client.droplets.destroy_by_tag(tag_name="peer")
        print("left:", (await client.droplets.list())["droplets"])


asyncio.run(main())
