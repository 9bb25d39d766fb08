"""The seed and the settings."""

from __future__ import annotations

from dataclasses import asdict

from ..engine import settings
from ..engine.errors import unprocessable
from ..engine.lifecycle import DURATIONS
from ..engine.records import Record
from .request import Ask


def seed(ask: Ask) -> Record:
    """The seed."""
    return {"seed": ask.simulator.seed}


def reseed(ask: Ask) -> Record:
    """Another seed, for what comes into being from now on."""
    try:
        ask.simulator.reseed(settings.validate_seed(ask.members.get("seed")))
    except ValueError as problem:
        raise unprocessable(str(problem)) from None
    if ask.simulator.state is not None:
        ask.simulator.state.keep()
    return seed(ask)


def shown(ask: Ask) -> Record:
    """The settings, with the durations in force."""
    settings = ask.simulator.settings
    return {"settings": {**asdict(settings), "durations": {**DURATIONS, **settings.durations}}}


def change(ask: Ask) -> Record:
    """Change some of them."""
    try:
        ask.simulator.use_settings(settings.change_settings(ask.simulator.settings, ask.members))
    except ValueError as problem:
        raise unprocessable(str(problem)) from None
    return shown(ask)
