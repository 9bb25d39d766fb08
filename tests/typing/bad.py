"""Every line marked BAD must be refused by mypy and by pyright, and no other. Never run."""

from __future__ import annotations

from doboto import DO, AsyncDO


def blocking(do: DO) -> None:
    do.droplet.info("web-1")  # BAD an id is a number
    do.droplet.info()  # BAD missing
    do.droplet.info(1, 2)  # BAD too many
    do.droplet.info(droplet=1)  # BAD unknown parameter
    do.droplet.infos(1)  # BAD unknown operation
    do.droplet.list(type="gpu")  # BAD unknown type
    do.droplet.list("a", "b")  # BAD further parameters are keyword-only
    do.droplet.create({"nmae": "a", "size": "s", "image": "i"})  # BAD unknown attribute
    do.droplet.create({"name": 1, "size": "s", "image": "i"})  # BAD wrong type of an attribute
    do.droplet.create({"name": "a", "image": "i"})  # BAD size is missing
    do.droplet.create(name="a", size="s", image="i", sizes="x")  # BAD unknown attribute as keyword
    do.droplet.create(name="a", names=["b"], size="s", image="i")  # BAD both name and names
    do.droplet.create({"name": "a", "size": "s", "image": "i"}, wait="yes")  # BAD wrong type
    do.droplet.create()  # BAD nothing at all
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
    await ado.droplet.create({"name": "a"})  # BAD attributes are missing


async def confused(do: DO, ado: AsyncDO) -> None:
    await do.droplet.info(1)  # BAD a blocking client's result is no coroutine
    for _ in ado.droplet.each():  # BAD an asynchronous iterator
        pass
