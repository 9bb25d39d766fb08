"""Every line marked BAD must be refused by mypy and by pyright, and no other. Never run."""

from __future__ import annotations

from doboto import DO, AsyncDO
from doboto.types import DropletCreate, DropletsCreate


def blocking(do: DO) -> None:
    do.droplet.info("web-1")  # BAD an id is a number
    do.droplet.info()  # BAD missing
    do.droplet.info(1, 2)  # BAD too many
    do.droplet.info(droplet=1)  # BAD unknown parameter
    do.droplet.infos(1)  # BAD unknown operation
    do.droplets.list()  # BAD unknown resource
    do.droplet.list(type="gpu")  # BAD unknown type
    do.droplet.list("a", "b")  # BAD further parameters are keyword-only
    do.droplet.create(name="a", size="s", image="i", sizes="x")  # BAD unknown attribute as keyword
    do.droplet.create(name="a", names=["b"], size="s", image="i")  # BAD both name and names
    do.droplet.create({"name": "a", "size": "s", "image": "i"}, wait="yes")  # BAD wrong type
    do.droplet.create(nmae="a", size="s", image="i")  # BAD unknown attribute
    do.droplet.create(name=1, size="s", image="i")  # BAD wrong type of an attribute
    do.droplet.create(name="a", image="i")  # BAD size is missing
    do.droplet.create(["a"])  # BAD no mapping
    do.droplet.create()  # BAD nothing at all
    do.droplet.create({"size": "s", "image": "i"}, name="a", sizes="x")  # BAD unknown attribute beside a dict
    do.droplet.create({"size": "s", "image": "i"}, name="a", names=["b"])  # BAD both name and names
    do.droplet.private_networking_enable(tag_name="a")  # BAD not by tag
    do.droplet.private_networking_enable(1, "a")  # BAD not by tag
    do.droplet.private_networking_enable()  # BAD no id
    do.droplet.power_off()  # BAD neither id nor tag
    do.droplet.power_off(1, "a")  # BAD both id and tag
    do.droplet.power_off("a")  # BAD a tag where an id goes
    do.droplet.resize(1)  # BAD no size
    do.droplet.resize(1, "s", "true")  # BAD disk is a boolean
    do.droplet.reboot(tag_name="a")  # BAD not by tag
    do.droplet.backup_enable(1, backup_policy={"plan": "hourly"})  # BAD unknown plan
    do.droplet.info(1)["nmae"]  # BAD unknown field
    text: str = do.droplet.info(1)  # BAD wrong result
    print(text)
    do.droplet.power_off(1)["status"] == "done"  # BAD no such status
    do.droplet.present({"name": "a", "size": "s", "image": "i"})[1]["id"]  # BAD may be None


async def asynchronous(ado: AsyncDO) -> None:
    ado.droplet.info(1)["name"]  # BAD not awaited
    ado.droplet.info(1)  # BAD not awaited
    await ado.droplet.info("a")  # BAD wrong type
    await ado.droplet.power_off()  # BAD neither id nor tag
    await ado.droplet.create(name="a")  # BAD attributes are missing
    await ado.droplet.private_networking_enable(tag_name="a")  # BAD not by tag


async def confused(do: DO, ado: AsyncDO) -> None:
    await do.droplet.info(1)  # BAD a blocking client's result is no coroutine
    for _ in ado.droplet.each():  # BAD an asynchronous iterator
        pass


def classes(do: DO) -> None:
    do.action.info("create")  # BAD an id is a number
    do.snapshot.list("image")  # BAD unknown type
    do.one_click.list("app")  # BAD unknown type
    do.ssh_key.create("laptop")  # BAD the key is missing
    do.ssh_key.present("laptop", "ssh-ed25519 AAAA")[1]["id"]  # BAD may be None
    do.tag.update("a", "b")  # BAD today's API can't rename
    do.tag.attach("a", [{"resource_id": 1, "resource_type": "firewall"}])  # BAD can't be tagged
    do.tag.attach("a", [{"resource_id": 1}])  # BAD a type is missing
    do.image.list("base")  # BAD unknown type
    do.image.list(None, True, "a")  # BAD further parameters are keyword-only
    do.image.create(name="a", url="https://a")  # BAD the region is missing
    do.image.create(name="a", url="https://a", region="nyc3", size=1)  # BAD unknown attribute
    do.image.transfer("ubuntu-24-04-x64", "fra1")  # BAD an id is a number
    do.autoscale.create(name="web", config={}, droplet_template={})  # BAD incomplete
    do.monitoring.droplet_metric_info(1, "heat", 0, 1)  # BAD unknown metric
    do.monitoring.droplet_metric_info(1, "current_instances", 0, 1)  # BAD a metric of pools
    do.monitoring.alert_create(type="v1/insights/droplet/cpu")  # BAD incomplete


def networks(do: DO) -> None:
    do.domain.record_create("example.com", name="www")  # BAD the type is missing
    do.domain.record_info("example.com", "www")  # BAD an id is a number
    do.certificate.create("web")  # BAD neither uploaded nor ordered
    do.certificate.create("web", "key")  # BAD the certificate is missing
    do.certificate.create("web", "key", "leaf", dns_names=["a"])  # BAD both uploaded and ordered
    do.floating_ip.assign("192.0.2.1")  # BAD no Droplet
    do.reserved_ipv6.action_list("2001:db8::1")  # BAD the API has none
    do.load_balancer.create(name="lb")  # BAD no rules
    do.firewall.create({"name": "web"})  # BAD no mapping
    do.load_balancer.create(name="lb", forwarding_rules=[{"entry_port": 80}])  # BAD an incomplete rule
    do.load_balancer.droplet_add("a", 1)  # BAD no list
    do.firewall.create(inbound_rules=[])  # BAD no name
    do.vpc.update("a", region="nyc3")  # BAD can't be changed
    do.vpc.create(name="net")  # BAD no region
    do.project.update("a", environment="Test")  # BAD no such environment
    do.nat_gateway.list(state="active")  # BAD a state as replies have it
    do.nat_gateway.create(name="a", type="PUBLIC", region="b", size=1)  # BAD no VPC
    do.nat_gateway.list()[0]["ip"]  # BAD unknown field


def plans(do: DO) -> None:
    plan: DropletCreate = {"name": "a", "size": "s", "image": "i", "imgae": "i"}  # BAD unknown attribute in a plan
    fleet: DropletsCreate = {"names": ["a"], "size": "s", "image": "i", "imgae": "i"}  # BAD unknown attribute in a plan
    do.droplet.create(plan, imgae="i")  # BAD unknown attribute beside a plan
    do.droplet.create(fleet, nmaes=["b"])  # BAD unknown attribute beside a plan
    do.droplet.create(DropletCreate(name="a", size="s", image="i", imgae="i"))  # BAD unknown attribute in a plan
