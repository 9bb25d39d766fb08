"""Checks replies against DigitalOcean's OpenAPI document (3.0, so `nullable` has to be translated for JSON Schema)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012


def _also(value: str) -> Callable[[dict[str, Any]], None]:
    return lambda node: node["enum"].append(value)


def _may_be_empty(node: dict[str, Any]) -> None:
    node.pop("minItems")


#: What the real API answers although its document does not have it: where, what else is allowed, and who says so.
DEVIATIONS: list[tuple[tuple[str, ...], Callable[[dict[str, Any]], object], str]] = [
    (("project_base", "environment"), _also(""), "acceptance tests of the Terraform provider"),
    (("distribution",), _also("Unknown OS"), "acceptance tests of the Terraform provider"),
    (("load_balancer_base", "network"), _also(""), "acceptance tests of the Terraform provider, global ones"),
    (("alert_policy", "type"), lambda node: node.pop("enum"), "types appear before the document lists them"),
    (("droplet_backup_policy", "plan"), lambda node: node.pop("enum"), "usage-based plans: godo PR 997"),
    (("load_balancer_base", "forwarding_rules"), _may_be_empty, "acceptance tests of the Terraform provider"),
]
#: Statuses that the real API answers with although its document does not have them: operation, status, the documented
#: one that has the same body (None: there is no body), and who says so.
STATUSES: list[tuple[str, str, str, str | None, str]] = [
    ("/v2/certificates", "post", "202", "201", "the official Ansible collection, for Let's Encrypt certificates"),
    ("/v2/projects/{project_id}", "delete", "415", None, "pydo#376"),
    ("/v2/vpc_nat_gateways", "post", "200", "202", "the official Ansible collection"),
    ("/v2/vpc_nat_gateways/{id}", "delete", "204", None, "the official Ansible collection"),
]


def allow_deviations(document: dict[str, Any]) -> None:
    """Widen the document by what the real API answers although it does not have it."""
    for path, method, status, documented, why in STATUSES:
        responses = document["paths"][path][method]["responses"]
        responses[status] = responses[documented] if documented else {"description": why}
    for (schema, *steps), allow, _ in DEVIATIONS:
        allow(_node(document["components"]["schemas"][schema], steps))


def _node(schema: dict[str, Any], steps: list[str]) -> dict[str, Any]:
    for step in steps:
        schema = schema["properties"][step]
    return schema


class Specification:
    """The document, and which operation a request is one of."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.paths: dict[str, dict[str, Any]] = document["paths"]
        self._document = _translate(document)
        allow_deviations(self._document)
        resource = Resource(contents=self._document, specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource("urn:api", resource)
        self._patterns = [(_pattern(path), path) for path in sorted(self.paths, key=_literals_first)]

    def operation(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        """The path as the document writes it, and the operation, if there is one."""
        for pattern, written in self._patterns:
            if pattern.fullmatch(path) and method.lower() in self.paths[written]:
                return written, self.paths[written][method.lower()]
        return None

    def check(self, method: str, path: str, status: int, body: object) -> None:
        """Fail unless the reply is one that the document allows."""
        found = self.operation(method, path)
        if found is None:
            return
        written, _ = found
        responses = self._document["paths"][written][method.lower()]["responses"]
        name = str(status) if str(status) in responses else "default"
        assert name != "default" or status >= 400, f"{method} {path}: {status} is not in the document"
        pointer = ["paths", written, method.lower(), "responses", name]
        content = self._at(pointer).get("content")
        if content is None:
            assert body is None, f"{method} {path}: {status} has no content in the document"
            return
        schema = self._at([*pointer, "content", "application/json", "schema"])
        validator = Draft202012Validator(
            schema,
            registry=self._registry,
            format_checker=FormatChecker(),
        )
        problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]
        assert not problems, f"{method} {path} {status}: {problems[:5]}"

    def _at(self, pointer: list[str]) -> Any:
        found: Any = self._document
        for step in pointer:
            found = self._resolve(found[step])
        return found

    def _resolve(self, found: Any) -> Any:
        while isinstance(found, dict) and set(found) == {"$ref"} and "/schemas/" not in found["$ref"]:
            target: Any = self._document
            for step in found["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            found = target
        return found


def _translate(value: Any) -> Any:
    if isinstance(value, list):
        return [_translate(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {name: _absolute(name, _translate(item)) for name, item in value.items() if name != "nullable"}
    if value.get("nullable") is True and isinstance(value.get("type"), str):
        made["type"] = [value["type"], "null"]
        if "enum" in value:
            made["enum"] = [*value["enum"], None]
    return made


def _absolute(name: str, value: Any) -> Any:
    # Schemas are checked outside the document, so that references in them must say where they lead.
    is_schema = name == "$ref" and isinstance(value, str) and "/schemas/" in value
    return f"urn:api{value}" if is_schema else value


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path)))


def _literals_first(path: str) -> list[tuple[bool, str]]:
    return [(part.startswith("{"), part) for part in path.split("/")]
