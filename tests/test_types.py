"""The TypedDicts say what DigitalOcean's OpenAPI document says: fields, values, nulls, what is required."""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import pkgutil
import re
import types as python_types
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import (
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import pytest

import doboto.types as t

from .counterparts import CLIENTS_OWN, COUNTERPARTS, NOT_SHOWN, Counterpart
from .specification import Json, Shape, Specification
from .test_structure import loaded_by

# How the document says that a field is sent only to tokens with a scope.
SCOPED = re.compile(r"Requires `\w+:read` scope|\w+:read is required to view")
PRIMITIVES = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
TYPED_DICTS = {name: getattr(t, name) for name in t.__all__ if is_typeddict(getattr(t, name))}


def type_shape(annotation: Any) -> Shape:
    """Which JSON values an annotation takes."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (NotRequired, Required):
        return type_shape(arguments[0])
    if origin in (Union, python_types.UnionType):
        return frozenset[Any]().union(*(type_shape(choice) for choice in arguments))
    if origin is Literal:
        return frozenset(("literal", value) for value in arguments)
    if origin in (list, Sequence):
        return frozenset({("list", type_shape(arguments[0]))})
    if origin is dict:
        return frozenset({"object"})
    if is_typeddict(annotation):
        return frozenset({("object", frozenset((k, type_shape(v)) for k, v in fields(annotation).items()))})
    return frozenset({PRIMITIVES[annotation]})


def covers(ours: Shape, theirs: Shape) -> bool:
    """Whether all values of one shape are of the other too; an object may have more fields."""
    return all(any(_covers(mine, one) for mine in ours) for one in theirs)


def _covers(ours: Any, theirs: Any) -> bool:
    if ours == theirs or not (isinstance(ours, tuple) and isinstance(theirs, tuple) and ours[0] == theirs[0]):
        return bool(ours == theirs)
    if ours[0] == "list":
        return covers(ours[1], theirs[1])
    mine = dict(ours[1]) if ours[0] == "object" else {}
    return bool(mine) and all(key in mine and covers(mine[key], shape) for key, shape in theirs[1])


def fields(typed: Any) -> dict[str, Any]:
    return get_type_hints(typed, include_extras=True)


def required_by(spec: Specification, schema: Json, counterpart: Counterpart) -> set[str]:
    """The fields that must be there: not those which depend on what the token may read."""
    properties = spec.properties(schema, counterpart.request)
    required: set[str] = set(spec.resolve(schema).get("required", [])) & properties.keys()
    if counterpart.request:
        return (required | counterpart.always) - counterpart.optional.keys()
    descriptions = {key: spec.resolve(properties[key]).get("description", "") for key in properties}
    unscoped = {key for key in required if not SCOPED.search(descriptions[key])}
    return unscoped | counterpart.always


def differences(spec: Specification, typed: Any, counterpart: Counterpart, path: str) -> list[str]:
    """In what a TypedDict and its schema differ without a reason given in COUNTERPARTS."""
    schema, hints = spec.at(path), fields(typed)
    properties = spec.properties(schema, counterpart.request)
    found = [f"lacks {key}" for key in properties.keys() - hints.keys()]
    found += [f"made up: {key}" for key in hints.keys() - properties.keys() - counterpart.extra.keys()]
    found += [f"no extra: {key}" for key in counterpart.extra if key in properties or key not in hints]
    for key in properties.keys() & hints.keys():
        ours, theirs = type_shape(hints[key]), spec.shape(properties[key], counterpart.request)
        agree = ours != theirs and covers(ours, theirs) if key in counterpart.wider else ours == theirs
        found += [] if agree else [f"{key}: {set(ours)} is not {set(theirs)}"]
    required = required_by(spec, schema, counterpart)
    return found + [f"required or not: {key}" for key in required ^ typed.__required_keys__]


@pytest.fixture(scope="session")
def spec(openapi: Json) -> Specification:
    return Specification(openapi)


@pytest.fixture(scope="session")
def examples(spec: Specification) -> dict[int, list[Json]]:
    """The objects in examples of replies, by the identity of the schema node they illustrate."""
    by_node: dict[int, list[Json]] = defaultdict(list)
    for node, value in spec.shown():
        if isinstance(value, dict):
            by_node[id(node)].append(value)
    return by_node


@pytest.mark.parametrize("name", COUNTERPARTS)
def test_a_typed_dict_agrees_with_its_schema(name: str, spec: Specification) -> None:
    counterpart = COUNTERPARTS[name]
    for path in counterpart.schemas:
        assert differences(spec, TYPED_DICTS[name], counterpart, path) == [], path


@pytest.mark.parametrize("name", [name for name, one in COUNTERPARTS.items() if one.always and not one.request])
def test_what_is_required_beyond_the_schema_is_in_every_example(
    name: str, spec: Specification, examples: dict[int, list[Json]]
) -> None:
    shown = [value for path in COUNTERPARTS[name].schemas for value in examples[id(spec.at(path))]]
    assert shown
    assert [value for value in shown if COUNTERPARTS[name].always - value.keys()] == []


@pytest.mark.parametrize("name", [n for n, c in COUNTERPARTS.items() if not c.request and n not in NOT_SHOWN])
def test_no_example_has_a_field_that_the_type_lacks(
    name: str, spec: Specification, examples: dict[int, list[Json]]
) -> None:
    nodes = [spec.at(path) for path in COUNTERPARTS[name].schemas]
    shown = [value for node in nodes for value in examples[id(node)]]
    assert shown
    assert {key for value in shown for key in value} <= fields(TYPED_DICTS[name]).keys()


def test_every_typed_dict_has_a_counterpart_or_is_the_clients_own() -> None:
    assert TYPED_DICTS.keys() == COUNTERPARTS.keys() | CLIENTS_OWN.keys()
    assert not COUNTERPARTS.keys() & CLIENTS_OWN.keys()


def test_attributes_are_those_of_both_creates() -> None:
    one, many, base = fields(t.DropletCreate), fields(t.DropletsCreate), fields(t.DropletCreateBase)
    assert fields(t.DropletAttributes) == one | many
    assert t.DropletAttributes.__required_keys__ == t.DropletCreateBase.__required_keys__ == frozenset()
    assert base == {key: value for key, value in one.items() if key in many and key not in ("size", "image")}


def schema_of(document: Json, name: str) -> Json:
    schema: Json = document["components"]["schemas"][name]
    return schema


MUTATIONS: dict[str, tuple[str, Callable[[Json], object]]] = {
    "a new property": (
        "Droplet",
        lambda d: schema_of(d, "droplet")["properties"].update(new={"type": "string"}),
    ),
    "a property gone": ("Size", lambda d: schema_of(d, "size")["properties"].pop("transfer")),
    "another type": (
        "Droplet",
        lambda d: schema_of(d, "droplet")["properties"]["disk"].update(type="string"),
    ),
    "null by reference": ("Droplet", lambda d: schema_of(d, "kernel").update(nullable=False)),
    "null by allOf": ("Droplet", lambda d: schema_of(d, "droplet_next_backup_window").update(nullable=False)),
    "an enum by two references": (
        "DropletCreate",
        lambda d: schema_of(d, "droplet_backup_policy")["properties"]["plan"]["enum"].append("hourly"),
    ),
    "required by allOf": (
        "DropletSnapshot",
        lambda d: schema_of(d, "snapshots_base")["required"].remove("name"),
    ),
    "no scope needed": (
        "Droplet",
        lambda d: schema_of(d, "droplet")["properties"]["tags"].update(description="Tags."),
    ),
    "the extra is official": (
        "DropletSnapshot",
        lambda d: schema_of(d, "snapshots_base")["properties"].update(slug={"type": "string", "nullable": True}),
    ),
    "deep inside": (
        "Droplet",
        lambda d: schema_of(d, "gpu_info")["properties"]["vram"]["properties"].pop("unit"),
    ),
}


@pytest.mark.parametrize("change", MUTATIONS)
def test_a_change_of_the_document_is_noticed(change: str, openapi: Json) -> None:
    name, mutate = MUTATIONS[change]
    document = copy.deepcopy(openapi)
    mutate(document)
    counterpart = COUNTERPARTS[name]
    found = differences(Specification(document), TYPED_DICTS[name], counterpart, counterpart.schemas[0])
    assert len(found) >= 1


def modules() -> list[python_types.ModuleType]:
    return [importlib.import_module(f"doboto.types.{info.name}") for info in pkgutil.iter_modules(t.__path__)]


def test_all_is_sorted_and_names_every_type() -> None:
    bodies = [ast.parse(inspect.getsource(module)).body for module in modules()]
    classes = {node.name for body in bodies for node in body if isinstance(node, ast.ClassDef)}
    aliases = {ast.unparse(node.target) for body in bodies for node in body if isinstance(node, ast.AnnAssign)}
    assert t.__all__ == sorted(classes | aliases)
    assert all(hasattr(t, name) for name in t.__all__)


def test_a_type_is_imported_alone_and_is_the_one_of_its_module() -> None:
    loaded = loaded_by("from doboto.types import Tag; import doboto.types as types; types.size.Size")
    assert {name for name in loaded if name.startswith("doboto.types.")} == {"doboto.types.tag", "doboto.types.size"}
    for module in modules():
        listed = t.MODULES[module.__name__.rpartition(".")[2]].split()
        assert [name for name in listed if getattr(t, name) is not vars(module)[name]] == []
    assert sorted(t.HOMES) == t.__all__
    checked = [node for node in ast.walk(ast.parse(inspect.getsource(t))) if isinstance(node, ast.ImportFrom)]
    seen = {alias.name: node.module for node in checked if node.level for alias in node.names}
    assert seen == t.HOMES  # what type checkers take them for
    assert {*t.__all__} <= {*dir(t)}
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        getattr(t, "Nothing")  # noqa: B009 - as a type checker would not have it


def test_every_field_and_alias_is_explained_above_it() -> None:
    for module in modules():
        lines = inspect.getsource(module).splitlines()
        declared = [node for node in ast.walk(ast.parse("\n".join(lines))) if isinstance(node, ast.AnnAssign)]
        bare = [node for node in declared if not lines[node.lineno - 2].strip().startswith("#: ")]
        assert [ast.unparse(node) for node in bare] == [], module.__name__
