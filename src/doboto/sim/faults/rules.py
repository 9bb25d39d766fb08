"""One rule: which requests it applies to, how often, and what goes wrong.

As JSON, with `kind` alone required:

    {"kind": "status", "method": "POST", "path": "/v2/droplets", "when": "before", "account": null,
     "names": null, "tags": null, "after": 0, "every": 1, "count": null, "probability": 1.0, "seed": null,
     "arguments": {"status": 503}}

- `method`, `path`: the requests that it applies to; missing means the kind's own (creates for what affects new
  Droplets), else any. `/droplets` is `/v2/droplets`; `{name}` stands for one segment, `*` for any part of one, `**` for
  anything.
- `account`: the label of the only account that it applies to.
- `names`, `tags`: the only Droplets that it applies to: requests that create, act on or read none of these succeed. In
  a name `*` stands for any part; one of the tags is enough.
- `after`, `every`, `count`: it leaves out the first `after` requests, then applies to one of `every`, `count`
  times at most.
- `probability`: the chance that it applies when its turn has come; `seed`: of its generator.
- `when`: `before` the request takes effect or `after` that; kinds say which of them they know, the first by default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any, cast

from ..engine.log import api_path, compile_path
from ..engine.records import Record, as_record, is_number, is_whole
from .kinds import KINDS, FaultKind

#: Statuses that promise that the request had no effect (RFC 6585, section 4, as DigitalOcean's rate limit uses it).
NOT_PROCESSED = frozenset({429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A checked rule; it says ValueError to one that makes no sense."""

    kind: str
    method: str | None = None
    path: str | None = None
    when: str | None = None
    account: str | None = None
    names: Sequence[str] | None = None
    tags: Sequence[str] | None = None
    count: int | None = None
    after: int = 0
    every: int = 1
    probability: float = 1.0
    seed: int | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        kind = KINDS.get(str(self.kind))
        if kind is None:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")
        for name, (is_valid, description) in _MEMBERS.items():
            if not is_valid(getattr(self, name)):
                raise ValueError(f"{name} must be {description}, not {getattr(self, name)!r}")
        if self.when not in (None, *kind.stages):
            raise ValueError(f"{self.kind} happens {' or '.join(kind.stages)}, not {self.when!r}")
        kind.check(self.kind, self.arguments)
        if self.stage == "after" and self.arguments.get("status") in NOT_PROCESSED:
            raise ValueError(
                f"status {self.arguments['status']} happens before, not 'after': it says that the request was not "
                "processed, so clients send it again; for a lost response use 503 or drop"
            )
        if self.path is not None:
            object.__setattr__(self, "path", api_path(self.path))

    @property
    def of(self) -> FaultKind:
        """What it does."""
        return KINDS[self.kind]

    @property
    def stage(self) -> str:
        """Whether it strikes `before` the effect of a request or `after` it."""
        return self.when or self.of.stages[0]

    @property
    def is_selective(self) -> bool:
        """Whether it is for some Droplets only."""
        return self.names is not None or self.tags is not None

    def selects(self, name: str, tags: Sequence[str]) -> bool:
        """Return whether it is for a Droplet of that name with these tags; tags are the same in any capitalisation."""
        if self.names is not None and not any(fnmatchcase(name, one) for one in self.names):
            return False
        lowered = {tag.lower() for tag in tags}
        return self.tags is None or any(tag.lower() in lowered for tag in self.tags)

    def to_json(self) -> Record:
        """Return the rule as JSON, with what its kind decided."""
        own = {"method": self.method or self.of.method, "path": self.path or self.of.path, "when": self.stage}
        names = None if self.names is None else list(self.names)
        tags = None if self.tags is None else list(self.tags)
        return {**asdict(self), **own, "names": names, "tags": tags, "arguments": dict(self.arguments)}


def read_rule(data: object) -> Rule:
    """Read the rule that a JSON object describes, else ValueError."""
    members = as_record(data)
    if members is None:
        raise ValueError(f"a rule must be an object, not {data!r}")
    unknown = sorted(members.keys() - {*_MEMBERS, "kind", "when"})
    if unknown:
        kind = KINDS.get(str(members.get("kind")))
        inside = " outside its 'arguments'" if kind and kind.arguments.keys() >= set(unknown) else ""
        raise ValueError(
            f"a rule has no {', '.join(map(repr, unknown))}{inside}; it has kind, when, {', '.join(_MEMBERS)}"
        )
    if "kind" not in members:
        raise ValueError("a rule must have a kind")
    return Rule(**members)


def request_matcher(rule: Rule) -> Callable[[str, str], bool]:
    """Return whether a method and a path are of those that a rule is for."""
    method, path = rule.method or rule.of.method, rule.path or rule.of.path
    pattern = None if path is None else compile_path(path)

    def match(asked: str, where: str) -> bool:
        return (method is None or method.upper() == asked) and (pattern is None or bool(pattern.fullmatch(where)))

    return match


def _are_names(value: object) -> bool:
    items = list(cast("Sequence[object]", value)) if isinstance(value, list | tuple) else []
    return bool(items) and all(isinstance(item, str) for item in items)


#: What each member may be, and the words for it.
_MEMBERS: dict[str, tuple[Callable[[object], bool], str]] = {
    "method": (lambda value: value is None or (isinstance(value, str) and value.isalpha()), "a method such as POST"),
    "path": (lambda value: value is None or (isinstance(value, str) and value.startswith("/")), "a path from / on"),
    "account": (lambda value: value is None or isinstance(value, str), "an account's label"),
    "names": (lambda value: value is None or _are_names(value), "a list of names of Droplets"),
    "tags": (lambda value: value is None or _are_names(value), "a list of tags"),
    "count": (lambda value: value is None or is_whole(value, 1), "a whole number above 0"),
    "after": (lambda value: is_whole(value, 0), "a whole number"),
    "every": (lambda value: is_whole(value, 1), "a whole number above 0"),
    "probability": (lambda value: is_number(value, 0, 1), "a number from 0 to 1"),
    "seed": (lambda value: value is None or is_whole(value, 0), "a whole number"),
    "arguments": (lambda value: isinstance(value, Mapping), "an object"),
}
