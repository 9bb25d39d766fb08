"""This library's asynchronous client, in an event loop that is made with it."""

import measured  # isort: skip

import asyncio

from doboto import AsyncDO, Limiter

# More calls than the API answers in a minute are made where the server counts none: the limiter would wait.
limiter = Limiter(per_minute=100_000) if measured.JOB == "infos" else None

runner = asyncio.Runner()
ado = AsyncDO(measured.TOKEN, measured.ORIGIN, ca_file=measured.CA or None, limiter=limiter)


async def created():
    made = await ado.droplet.create(names=measured.NAMES, **measured.PLAN, wait=True, poll=measured.POLL)
    return sum(one["status"] == "active" for one in made)


async def counted():
    return sum([1 async for _ in ado.droplet.each()])


with runner:
    measured.main(
        lambda: ado,
        lambda ado: runner.run(ado.droplet.list()),
        lambda ado: runner.run(created()),
        lambda ado, id: runner.run(ado.droplet.info(id))["id"],
        each=lambda ado: runner.run(counted()),
    )
    runner.run(ado.aclose())
