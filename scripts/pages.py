"""Writes the pages of the reference: one for each resource that the clients declare, and one for each file of types.

Every build of the site writes them; they are not in the repository, so that pages and clients cannot differ.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_origin, is_typeddict

from doboto import types
from doboto.cli.schema.catalog import CliOperation, operations, resources
from doboto.cli.schema.help_text import Field, fields_of

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
#: Where the pages go.
FOLDER = REFERENCE / "generated"
#: One complete program per resource, which runs on a simulated account.
EXAMPLES = REFERENCE / "examples"
#: Attributes that come first in a signature: they say what is created. Droplets need one of the names.
FIRST = ("name", "names", "size", "image", "region")
#: Values of a choice that a signature does not list.
MANY = 6
ACRONYMS = {"ip", "nat", "ssh", "vpc"}


def pages() -> dict[str, str]:
    """Every page by its path below the folder."""
    of_resources = {f"resources/{name}.md": resource_page(name, about) for name, about in sorted(resources().items())}
    of_types = {f"types/{module}.md": "\n".join(types_page(module)) for module in type_modules()}
    return {"resources.md": overview()} | of_resources | of_types


def write(folder: Path = FOLDER) -> None:
    """Write those that are not there as they should be, so that a second build is quick; take others away."""
    wanted = {folder / path: text for path, text in pages().items()}
    for path in set(folder.rglob("*.md")) - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


# -- resources


def overview() -> str:
    """All resources in a table."""
    rows = "\n".join(f"| [`do.{name}`](resources/{name}.md) | {about} |" for name, about in sorted(resources().items()))
    return (
        "# Resources\n\nA resource is an attribute of a client. Its operations are the same in `DO`, where they return "
        "their result, and in `AsyncDO`, where they are awaited.\n\n"
        f"| Resource | What it is |\n| --- | --- |\n{rows}\n\n```{{toctree}}\n:hidden:\n:glob:\n\nresources/*\n```\n"
    )


def resource_page(name: str, about: str) -> str:
    """A resource: its operations in a table, then each of them."""
    found = list(operations(name).values())
    rows = "\n".join(
        f"| {{py:meth}}`{one.name} <doboto.client.DO.{name}.{one.name}>` | {one.summary} |" for one in found
    )
    entries = "\n".join(entry(one) for one in found)
    return (
        f"```{{highlight}} python\n```\n\n# `do.{name}`\n\n{about}\n\n{opening(found)}\n\n{example(name)}\n\n"
        f"| Operation | What it does |\n| --- | --- |\n{rows}\n\n{entries}"
    )


def opening(found: list[CliOperation]) -> str:
    """The signature that a page opens with: of `create` if there is one, with all attributes as keyword arguments."""
    by_name = {one.name: one for one in found}
    chosen = by_name.get("create") or by_name.get("list") or found[0]
    return f"```python\n{signature(chosen)}\n```"


def signature(operation: CliOperation) -> str:
    """A call of an operation with the type of each argument, one on a line; `...` are those that may be left out."""
    before, after = parameters(operation)
    lines = [f"    {one}," for one in [*before, *attributes(operation), *after]]
    inside = "\n" + "\n".join(lines) + "\n" if lines else ""
    result = spelled(operation.hints["return"])
    return f"do.{operation.resource}.{operation.name}({inside}) -> {result}"


def parameters(operation: CliOperation) -> tuple[list[str], list[str]]:
    """An operation's own parameters: those it needs, and those with a default."""
    own = [one for one in operation.parameters if one.kind is not one.VAR_KEYWORD and one.name != "attribs"]
    typed = [(one, f"{one.name}: {short(one.name, operation.hints.get(one.name, Any))}") for one in own]
    needed = [text for one, text in typed if one.default is one.empty]
    return needed, [f"{text} = {one.default!r}" for one, text in typed if one.default is not one.empty]


def attributes(operation: CliOperation) -> list[str]:
    """The attributes that an operation takes, those it needs first."""
    fields = [] if operation.attributes is None else fields_of(operation.attributes)
    fields.sort(key=lambda one: (not one.required, FIRST.index(one.name) if one.name in FIRST else len(FIRST)))
    return [f"{one.name}: {short(one.name, one.hint)}{'' if one.required else ' = ...'}" for one in fields]


def short(name: str, hint: Any) -> str:
    """A type on one line: a choice of many texts is a text, whose entry below lists them."""
    if name == "progress":
        return "OnProgress | None"
    return "str" if str(get_origin(hint)) == "typing.Literal" and len(get_args(hint)) > MANY else spelled(hint)


def example(name: str) -> str:
    """Return the block that shows a resource's example."""
    return f"```python\n{(EXAMPLES / f'{name}.py').read_text(encoding='utf-8')}```"


def entry(operation: CliOperation) -> str:
    """An operation: its signatures and docstring, as autodoc reads them."""
    target = f"doboto.client::DO.{operation.resource}.{operation.name}"
    return f"## `{operation.name}`\n\n```{{eval-rst}}\n.. automethod:: {target}\n```\n"


# -- types


def type_modules() -> list[str]:
    """The files of types."""
    return sorted(info.name for info in pkgutil.iter_modules(types.__path__))


def types_page(module: str) -> Iterator[str]:
    """The types of a file: what they are, and their fields."""
    loaded = import_module(f"{types.__name__}.{module}")
    own = [name for name in types.__all__ if getattr(getattr(types, name), "__module__", "") == loaded.__name__]
    yield f"# {title(module)}\n\n{inspect.getdoc(loaded)}\n"
    for name in own:
        kind = getattr(types, name)
        yield f"## `{name}`\n\n```{{eval-rst}}\n.. py:class:: {name}\n   :module: {types.__name__}"
        yield f"   :canonical: {kind.__module__}.{name}\n"
        yield from indented(inspect.getdoc(kind) or "")
        if is_typeddict(kind):
            for field in fields_of(kind):
                yield from field_entry(field)
        yield "```\n"


def title(module: str) -> str:
    """A file's name as words."""
    words = [word.upper() if word in ACRONYMS else word for word in module.split("_")]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])


def field_entry(field: Field) -> Iterator[str]:
    """A field of a type."""
    yield f"\n   .. py:attribute:: {field.name}\n      :no-index:\n      :type: {spelled(field.hint)}\n"
    may_miss = "" if field.required else " May be left out."
    yield from indented(f"{field.help}{may_miss}".strip() or "\\ ", 6)


def indented(text: str, width: int = 3) -> Iterator[str]:
    """Lines of a text, moved to the right."""
    return (" " * width + line if line else "" for line in text.splitlines())


def spelled(hint: Any) -> str:
    """A type as one writes it, our own ones by their public names."""
    origin, arguments = get_origin(hint), get_args(hint)
    if str(origin) in ("typing.Union", "<class 'types.UnionType'>"):
        return " | ".join(map(spelled, arguments))
    if str(origin) == "typing.Literal":
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if origin is not None:
        return f"{origin.__name__}[{', '.join(map(spelled, arguments))}]"
    if hint is type(None):
        return "None"
    return str(getattr(hint, "__name__", hint))
