"""DigitalOcean's OpenAPI document, read: references and `allOf` resolved, shapes of values, examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
#: Which JSON values something takes, as a set of alternatives that can be compared.
Shape = frozenset[Any]

# Enumerations that the document itself knows to be incomplete, so that the fields are plain strings.
OPEN_ENUMS = {
    "region_slug": "regions opened since, such as atl1 and ric1, are in other parts of the document only",
    "distribution": "what an import may name; base images have others, such as AlmaLinux",
}
#: A slug that every enumeration of regions has; all of them lack regions opened since, wherever they stand.
A_REGION = "nyc3"
#: Names of properties that the document misspells; its own examples have the right ones.
MISSPELT = {"imgages": "images"}
# Operations whose examples show what the types describe. Not the actions of images: there the schema is a
# bare action and the example {"action": {...}}. Not those of reserved IPs: their examples have a `project_id` that
# no schema knows.
SHOWN = re.compile(r"/v2/(?!images/\{image_id\}/actions|volumes/.*actions|(floating|reserved)_ips/.*actions)")


class Specification:
    """An OpenAPI 3.0 document with its references and `allOf` resolved on demand."""

    def __init__(self, document: Json) -> None:
        self.document = document

    def follow(self, schema: Json) -> Json:
        """The node that a chain of `$ref` ends at."""
        while "$ref" in schema:
            node = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                node = node[step.replace("~1", "/").replace("~0", "~")]
            schema = node
        return schema

    def resolve(self, schema: Json) -> Json:
        """One flat schema: what a reference names, and all parts of an `allOf` at once."""
        if "$ref" in schema:
            named = schema["$ref"].rsplit("/", 1)[-1]
            flat = self.resolve(self.follow(schema))
            return {key: value for key, value in flat.items() if not (key == "enum" and named in OPEN_ENUMS)}
        if "allOf" not in schema:
            return schema
        own = {key: value for key, value in schema.items() if key != "allOf"}
        return merged([*(self.resolve(part) for part in schema["allOf"]), own])

    def at(self, path: str) -> Json:
        """The node that a path of COUNTERPARTS names."""
        head, *steps = path.replace("[]", ".[]").split(".")
        components = self.document["components"]
        if " " in head:
            method, place = head.split(" ")
            body = self.follow(self.document["paths"][place][method.lower()]["requestBody"])
            schema: Json = body["content"]["application/json"]["schema"]
        elif head.startswith("@"):
            schema = components["responses"][head[1:]]["content"]["application/json"]["schema"]
        else:
            schema = components["schemas"][head]
        for step in steps:
            flat = self.resolve(schema)
            schema = flat["items"] if step == "[]" else flat["properties"][step]
        return self.follow(schema)

    def properties(self, schema: Json, request: bool) -> dict[str, Json]:
        """The properties that are sent in that direction."""
        found: dict[str, Json] = self.resolve(schema)["properties"]
        other = "readOnly" if request else "writeOnly"
        sent = {key: value for key, value in found.items() if not value.get(other)}
        return {MISSPELT.get(key, key): value for key, value in sent.items()}

    def shape(self, schema: Json, request: bool) -> Shape:
        """Which JSON values a schema takes, as `type_shape` says it of an annotation."""
        flat = self.resolve(schema)
        null: Shape = frozenset({"null"} if flat.get("nullable") else ())
        if flat.get("title") == "null":
            return null
        if choices := flat.get("oneOf") or flat.get("anyOf"):
            return null.union(*(self.shape(choice, request) for choice in choices))
        if "enum" in flat and A_REGION not in flat["enum"]:
            return null | {("literal", value) for value in flat["enum"]}
        if flat.get("type") == "array":
            return null | {("list", self.shape(flat["items"], request))}
        if "properties" in flat:
            inside = self.properties(schema, request).items()
            return null | {("object", frozenset((key, self.shape(value, request)) for key, value in inside))}
        return null | {flat["type"]}

    def shown(self) -> Iterator[tuple[Json, Any]]:
        """Each schema node that an example of a reply illustrates, with the value there."""
        for body in self.bodies():
            named = [self.follow(example)["value"] for example in body.get("examples", {}).values()]
            whole = [place["example"] for place in (body, self.follow(body["schema"])) if "example" in place]
            for example in named + whole:
                yield from self.walk(body["schema"], opened(example))

    def bodies(self) -> Iterator[Json]:
        """The description of each reply's body."""
        shown = [operations for path, operations in self.document["paths"].items() if SHOWN.match(path)]
        for operation in (operation for operations in shown for operation in operations.values()):
            for reply in operation["responses"].values():
                yield from self.follow(reply).get("content", {}).values()

    def walk(self, schema: Json, value: Any) -> Iterator[tuple[Json, Any]]:
        """A schema and a value of it, and so on inwards."""
        node = self.follow(schema)
        yield node, value
        for part in (part for key in ("allOf", "oneOf", "anyOf") for part in node.get(key, [])):
            yield from self.walk(part, value)
        if isinstance(value, list) and "items" in node:
            for item in value:
                yield from self.walk(node["items"], item)
        if isinstance(value, dict):
            for key, inner in value.items():
                child = node.get("properties", {}).get(key, node.get("additionalProperties"))
                if isinstance(child, dict):
                    yield from self.walk(child, inner)


def opened(example: Any) -> Any:
    """An example without the second of two equal envelopes (the document's mistake: one of a tag)."""
    key = next(iter(example)) if isinstance(example, dict) and len(example) == 1 else None
    inner = example[key] if key is not None else None
    return inner if isinstance(inner, dict) and list(inner) == [key] else example


def merged(parts: list[Json]) -> Json:
    """All schemas that hold at once as one. A part that only describes takes no null away."""
    flat: Json = {}
    for part in reversed(parts):
        flat.update(part)
    bounding = [part for part in parts if part.keys() & {"type", "properties", "enum", "oneOf", "anyOf"}]
    flat["nullable"] = all(part.get("nullable", False) for part in bounding)
    flat["properties"] = {key: value for part in parts for key, value in part.get("properties", {}).items()}
    flat["required"] = [key for part in parts for key in part.get("required", [])]
    flat["description"] = "\n".join(part["description"] for part in parts if "description" in part)
    return flat if flat["properties"] else {key: flat[key] for key in flat if key != "properties"}
