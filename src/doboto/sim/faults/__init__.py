"""Faults on demand: rules that make requests fail, late, cut, garbled or half done.

    simulator.faults.add("status", method="POST", path="/v2/droplets", status=503, count=2)
    simulator.faults.add("drop", when="after", method="POST", path="/v2/droplets", probability=0.1, seed=7)
    simulator.faults.load("faults.json")

A rule says which requests it is for (`rules.py`) and of what kind it is (`kinds.py`). Requests reach the rules when
they are authenticated, counted, routed and within the rate limit; rules are asked in the order in which they were
added, and the first that ends the request is the last one asked. Everything random comes from a rule's own generator,
so that the same requests in the same order meet the same faults.
"""

from __future__ import annotations

from .engine import Fault, Faults
from .kinds import KINDS
from .rules import Rule

__all__ = ["KINDS", "Fault", "Faults", "Rule"]
