"""Every exchange of a test, held against the official specification."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from ..sim.specification import Specification


def resolve(openapi: dict[str, Any], found: Any) -> Any:
    while isinstance(found, dict) and "$ref" in found:
        target: Any = openapi
        for part in found["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        found = target
    return found


class Contract:
    """Holds every exchange that a simulator sees against the specification."""

    def __init__(self, openapi: dict[str, Any]) -> None:
        self.specification = Specification(openapi)
        self.checked = 0
        #: The operations that were asked for, by the document's names.
        self.asked: list[str] = []
        #: The scopes that the operations required.
        self.required: set[str] = set()
        #: Whether a response was lost, so that a call has looked for what it did.
        self.lost = False

    def __call__(self, incoming: Any, reply: Any) -> None:
        found = self.specification.operation(incoming.method, incoming.path)
        assert found is not None, (incoming.method, incoming.path)
        written, operation = found
        parameters = [resolve(self.specification._document, one) for one in operation.get("parameters", ())]
        allowed = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
        assert set(incoming.query) <= allowed, (written, incoming.query)
        if "requestBody" in operation:
            self.check_body([written, incoming.method.lower(), "requestBody"], incoming.body())
        self.asked.append(operation["operationId"])
        if reply is None or reply.status >= 500:
            self.lost = True
            return  # a fault that a test has asked for
        content = reply.content()
        self.specification.check(incoming.method, incoming.path, reply.status, json.loads(content) if content else None)
        self.checked += 1

    def check_body(self, where: list[str], body: Any) -> None:
        schema = self.specification._at(["paths", *where, "content", "application/json", "schema"])
        validator = jsonschema.Draft202012Validator(schema, registry=self.specification._registry)
        assert [error.message for error in validator.iter_errors(body)] == []
