"""The picture of the house, held: who may import whom, what is loaded when, what is public."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import doboto
from doboto.resources._base.resource import OperationGroup
from doboto.resources.droplet import DropletOperations

SOURCE = Path(doboto.__file__).parent
MODULES = sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py"))


def imported(module: Path, *, at_run_time: bool = True) -> set[str]:
    """What a module imports, absolute: `doboto._core.retry`; inside functions too, under TYPE_CHECKING not."""
    tree = ast.parse((SOURCE / module).read_text(encoding="utf-8"))
    package = ["doboto", *module.parent.parts]
    return {name for node in statements(tree, at_run_time) for name in names(node, package)}


def statements(tree: ast.AST, at_run_time: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if at_run_time and isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from statements(child, at_run_time)


def names(node: ast.AST, package: list[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = package[: len(package) - node.level + 1] if node.level else []
        stem = ".".join([*base, *([node.module] if node.module else [])])
        yield from (f"{stem}.{alias.name}" for alias in node.names)


def within(name: str, *places: str) -> bool:
    return any(name == place or name.startswith(place + ".") for place in places)


def parts_of(folder: str) -> list[Path]:
    return [module for module in MODULES if module.parts[0] == folder]


OURS = "doboto"
#: For each part of the client, what of ours it may import.
MAY = {
    "_core": (
        "doboto._core", "doboto._json", "doboto.ratelimit", "doboto.errors", "doboto.types",
        "doboto.addresses",
    ),
    "types": ("doboto.types",),
    "_wait": (
        "doboto._wait", "doboto._core", "doboto._json", "doboto._session", "doboto.errors", "doboto.events",
        "doboto.addresses", "doboto.outcomes",
    ),
    "resources": (
        "doboto.resources", "doboto._wait", "doboto._core", "doboto._session", "doboto._operation",
        "doboto._io.protocol", "doboto.errors", "doboto.events", "doboto.outcomes", "doboto.types",
        "doboto.addresses", "doboto._json", "doboto._io.log", "doboto.moments", "doboto.plans",
    ),
    "plans": (
        "doboto.plans", "doboto._core", "doboto._json", "doboto._session", "doboto.errors", "doboto.types",
    ),
}  # fmt: skip
#: The only ones that know both the client and the simulator.
BOTH = {"simulated.py", "testing.py"}


@pytest.mark.parametrize("folder", MAY)
def test_nobody_climbs(folder: str) -> None:
    for module in parts_of(folder):
        climbing = {name for name in imported(module) if within(name, OURS) and not within(name, *MAY[folder])}
        assert climbing == set(), module


@pytest.mark.parametrize("folder", ["_core", "_wait", "resources", "types"])
def test_nothing_but_io_does_input_and_output(folder: str) -> None:
    """No HTTP library, no event loop, no clock, no chance below the session."""
    for module in parts_of(folder):
        outside = {
            name
            for name in imported(module)
            if within(name, "urllib3", "aiohttp", "asyncio", "time", "random", "socket")
        }
        assert outside == set(), module


def test_client_and_simulator_know_nothing_of_each_other() -> None:
    for module in MODULES:
        name = module.as_posix()
        if name in BOTH or module.parts[0] == "cli":
            continue
        theirs = [one for one in imported(module) if within(one, OURS)]
        if module.parts[0] == "sim":
            assert [one for one in theirs if not within(one, "doboto.sim", "doboto._version")] == [], module
        else:
            assert [one for one in theirs if within(one, "doboto.sim")] == [], module


def edges(parent: Path) -> dict[str, set[str]]:
    """Return which files and folders directly below a folder import which others, TYPE_CHECKING imports included."""
    found: dict[str, set[str]] = {}
    for module in MODULES:
        source = below(parent, module)
        if source is not None:
            targets = {below(parent, target) for target in TARGETS[module]}
            found.setdefault(source, set()).update(target for target in targets if target not in (None, source))
    return found


def below(parent: Path, module: Path) -> str | None:
    """Return the file or folder directly below a folder that a module is or is in; a package's own file is none."""
    if not module.is_relative_to(parent) or module == parent / "__init__.py":
        return None
    return module.relative_to(parent).parts[0].removesuffix(".py")


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Return the sets of nodes that reach each other."""
    reached = {node: reachable(graph, node) for node in graph}
    together = {node: frozenset(other for other in reached[node] if node in reached[other]) for node in graph}
    return [set(group) for group in dict.fromkeys(together.values()) if group]


def reachable(graph: dict[str, set[str]], node: str) -> set[str]:
    found: set[str] = set()
    todo = list(graph[node])
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo.extend(graph.get(one, ()))
    return found


def test_files_import_in_no_circle() -> None:
    graph = {str(module): {str(target) for target in TARGETS[module]} for module in MODULES}
    assert circles(graph) == []


@pytest.mark.parametrize("folder", sorted({module.parent for module in MODULES}), ids=str)
def test_folders_import_in_no_circle(folder: Path) -> None:
    """What is directly below a folder, files and whole folders alike, is in layers."""
    assert circles(edges(folder)) == []


def home(name: str) -> Path | None:
    """The module that a dotted name is, or is in."""
    parts = name.split(".")[1:] if within(name, OURS) else []
    for length in range(len(parts), 0, -1):
        stem = Path(*parts[:length])
        for candidate in (stem.with_suffix(".py"), stem / "__init__.py"):
            if candidate in MODULES:
                return candidate
    return None


TARGETS = {
    module: {target for name in imported(module, at_run_time=False) if (target := home(name)) and target != module}
    for module in MODULES
}

#: How many modules a folder may have, `__init__.py` included, so that a reader finds his way in it.
MOST = 15
#: Those that have one file for each resource.
ONE_FILE_A_RESOURCE = {Path("resources"), Path("types"), Path("sim/resources")}
#: How many modules these may have, subfolders included.
ALL = {"cli": 40, "sim": 100}
SMALL = 40


@pytest.mark.parametrize("folder", sorted({module.parent for module in MODULES} - ONE_FILE_A_RESOURCE), ids=str)
def test_folders_stay_small(folder: Path) -> None:
    assert 0 < len([module for module in MODULES if module.parent == folder]) <= MOST


@pytest.mark.parametrize("part", ALL)
def test_command_line_and_simulator_stay_small(part: str) -> None:
    own = [one for one in MODULES if one.is_relative_to(part)]
    assert 0 < len(own) <= ALL[part]


@pytest.mark.parametrize(
    "module", [one for one in MODULES if one.parts[0] in {"cli", "sim"} and one.name != "__init__.py"], ids=str
)
def test_small_files_say_why_they_are_separate(module: Path) -> None:
    text = (SOURCE / module).read_text(encoding="utf-8")
    reason = "separate" in (ast.get_docstring(ast.parse(text)) or "").lower()
    assert reason or len(text.splitlines()) >= SMALL


def loaded_by(program: str) -> set[str]:
    code = f"import sys, json; {program}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_loads_nothing_that_a_first_request_does_not_need() -> None:
    """What `import doboto` loads is a part of what the first request has loaded when it is over."""
    program = (
        "import doboto\ntry:\n"
        "    doboto.DO('t', 'http://127.0.0.1:9', retry=doboto.Retry.never()).droplet.info(1)\n"
        "except doboto.DOBOTOConnectionException: pass"
    )
    needed = loaded_by(f"exec({program!r})")
    loaded = loaded_by("import doboto")
    assert loaded <= needed
    for name in ("urllib3", "aiohttp", "asyncio", "starlette", "uvicorn", "doboto.sim", "doboto.cli", "ssl", "socket"):
        assert name not in loaded
    assert not {name for name in needed if within(name, "doboto.sim", "doboto.cli", "starlette", "aiohttp", "asyncio")}


#: The most classes that one group of operations inherits from, and the most between it and `OperationGroup`.
BASES = 4


def groups(one: type[Any]) -> Iterator[type[Any]]:
    """Return a class and all that inherit from it."""
    yield one
    for child in one.__subclasses__():
        yield from groups(child)


def levels(one: type[Any]) -> int:
    """Return how many classes are between a class and `OperationGroup` at most."""
    above = [base for base in one.__bases__ if issubclass(base, OperationGroup) and base is not OperationGroup]
    return max((1 + levels(base) for base in above), default=0)


def test_a_droplet_inherits_from_few_classes() -> None:
    assert 1 < len([base for base in DropletOperations.__bases__ if base.__module__.startswith(OURS)]) <= BASES


@pytest.mark.parametrize(
    "group",
    [one for one in groups(OperationGroup) if one.__module__.startswith("doboto.resources")],
    ids=lambda one: one.__name__,
)
def test_groups_of_operations_are_few_levels_deep(group: type[Any]) -> None:
    assert len(group.__bases__) <= BASES
    assert levels(group) <= BASES


def test_public_names_are_exact_and_sorted() -> None:
    assert doboto.__all__ == sorted(doboto.__all__)
    assert doboto.HOMES.keys() | {"__version__"} == set(doboto.__all__)
    own = {"HOMES", "MODULES", "ModuleType", "TYPE_CHECKING", "VERSION"}
    public = {name for name in dir(doboto) if not name.startswith("_") and not is_module(getattr(doboto, name))}
    assert public - own == set(doboto.__all__) - {"__version__"}


def test_public_names_are_what_type_checkers_take_them_for() -> None:
    """They are imported when they are asked for; type checkers read the imports that are never run."""
    imports = {
        alias.name: node.module
        for node in ast.walk(ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    }
    assert imports == {**doboto.HOMES, "VERSION": "_version"}
    for name, home_module in doboto.HOMES.items():
        assert getattr(doboto, name) is getattr(import_module(f"doboto.{home_module}"), name)


@pytest.mark.parametrize(
    "program",
    [
        "from doboto.DO import DO as old; from doboto import DO",
        "from doboto import DO; from doboto.DO import DO as old",
        "import doboto.DO; from doboto import DO; from doboto.DO import DO as old",
        "import doboto; DO = doboto.DO; from doboto.DO import DO as old",
    ],
)
def test_the_class_keeps_its_name_whatever_is_imported_first(program: str) -> None:
    loaded_by(f"{program}; import doboto; assert DO is old is doboto.DO and isinstance(DO, type)")


def is_module(value: object) -> bool:
    return type(value).__name__ == "module"


#: What asks a text for what it says.
ASKS = frozenset({
    "startswith", "endswith", "partition", "rpartition", "removeprefix", "removesuffix", "find", "index", "count",
    "replace", "match", "fullmatch", "search", "sub", "finditer", "findall",
})  # fmt: skip


def caught_names(tree: ast.AST) -> set[str]:
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name}


def is_message(node: ast.AST, caught: set[str]) -> bool:
    """Whether an expression is made from the text of an exception, or of its notes."""
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and one.attr in {"message", "args", "__notes__"}:
            return True
        if isinstance(one, ast.Call) and ast.unparse(one.func) in {"str", "repr", "line_of", "reason"} and one.args:
            names = {name.id for name in ast.walk(one.args[0]) if isinstance(name, ast.Name)}
            if names & caught:
                return True
    return False


def reads_message(node: ast.AST, caught: set[str]) -> bool:
    """Whether an expression compares or parses the text of an exception."""
    if isinstance(node, ast.Compare):
        return any(is_message(one, caught) for one in (node.left, *node.comparators))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKS:
        return any(is_message(one, caught) for one in (node.func.value, *node.args))
    return False


@pytest.mark.parametrize("module", parts_of("cli"), ids=str)
def test_the_command_line_reads_no_message(module: Path) -> None:
    """What happened is an attribute of an exception or the type of an event; its text is for people."""
    tree = ast.parse((SOURCE / module).read_text(encoding="utf-8"))
    caught = {"failure", "error", "wrong", "missing", "interruption", *caught_names(tree)}
    assert [ast.unparse(node) for node in ast.walk(tree) if reads_message(node, caught)] == []


@pytest.mark.parametrize(
    "code",
    ["'in use' in str(failure)", "str(failure).partition('. ')", "failure.message == ''", "X.match(line_of(failure))"],
)
def test_what_reads_a_message_is_found(code: str) -> None:
    assert reads_message(ast.parse(code, mode="eval").body, {"failure"})


#: Private modules that the command line may import: guards for the types of JSON values, and the library's logger.
SHARED = ("doboto._json", "doboto._io.log")


@pytest.mark.parametrize("module", parts_of("cli"), ids=str)
def test_the_command_line_uses_public_modules_alone(module: Path) -> None:
    private = {
        name
        for name in imported(module, at_run_time=False)
        if within(name, OURS)
        and not within(name, *SHARED)
        and any(part[:1] == "_" != part[1:2] for part in name.split("."))
    }
    assert private == set()


def test_a_class_name_means_one_thing() -> None:
    """A record of the API has one name in the client's types and in the simulator; two flavours have one interface."""
    homes: dict[str, list[Path]] = {}
    for module in MODULES:
        for node in ast.walk(ast.parse((SOURCE / module).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(module)
    several = {name: found for name, found in homes.items() if len(found) > 1}
    records = {name for name, found in several.items() if any(one.parts[0] == "types" for one in found)}
    assert several.keys() - records == {"BackgroundTask", "_Attempt", "_Gate"}
    assert {one.parts[0] for name in records for one in several[name]} == {"types", "sim"}
