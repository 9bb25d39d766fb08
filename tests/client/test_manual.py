"""Every operation of every class: documented names and defaults, the same in both clients, and `help` as the manual."""

from __future__ import annotations

import inspect
import pydoc
from textwrap import fill

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto import DO, AsyncDO
from doboto._operation.documentation import WIDTH, _wrap

from .references import table

EVERY = sorted(table())
WAIT = ("wait=False", "poll=5", "timeout=300")
#: The surface of DOBOTO 0.6.1 that is still there, beside Droplets' (test_surface.py). Not `tag.update`: today's API
#: can't rename a tag.
DOCUMENTED = {
    ("account", "info"): (),
    ("action", "info"): ("id",),
    ("action", "list"): (),
    ("image", "action_info"): ("id", "action_id"),
    ("image", "action_list"): ("id",),
    ("image", "convert"): ("id", *WAIT),
    ("image", "destroy"): ("id",),
    ("image", "info"): ("id_slug",),
    ("image", "list"): ("type=None", "private=None"),
    ("image", "transfer"): ("id", "region", *WAIT),
    ("image", "update"): ("id", "name"),
    ("region", "list"): (),
    ("size", "list"): (),
    ("snapshot", "destroy"): ("id",),
    ("snapshot", "info"): ("id",),
    ("snapshot", "list"): ("resource_type=None",),
    ("ssh_key", "create"): ("name", "public_key"),
    ("ssh_key", "destroy"): ("id_fingerprint",),
    ("ssh_key", "info"): ("id_fingerprint",),
    ("ssh_key", "list"): (),
    ("ssh_key", "present"): ("name", "public_key"),
    ("ssh_key", "update"): ("id_fingerprint", "name"),
    ("tag", "attach"): ("name", "resources"),
    ("tag", "create"): ("name",),
    ("tag", "destroy"): ("name",),
    ("tag", "detach"): ("name", "resources"),
    ("tag", "info"): ("name",),
    ("tag", "list"): (),
    ("tag", "name_list"): (),
    ("tag", "present"): ("name",),
}


@pytest.fixture(scope="module")
def clients() -> tuple[DO, AsyncDO]:
    return DO(token="t", url="http://127.0.0.1:9"), AsyncDO(token="t", url="http://127.0.0.1:9")


def spelled(parameter: inspect.Parameter) -> str:
    return parameter.name if parameter.default is parameter.empty else f"{parameter.name}={parameter.default!r}"


@pytest.mark.parametrize(("group", "name"), DOCUMENTED)
def test_documented_parameters_have_their_names_places_and_defaults(
    clients: tuple[DO, AsyncDO], group: str, name: str
) -> None:
    parameters = list(inspect.signature(getattr(getattr(clients[0], group), name)).parameters.values())
    documented = DOCUMENTED[group, name]
    assert tuple(map(spelled, parameters[: len(documented)])) == documented
    assert {parameter.kind for parameter in parameters[len(documented) :]} <= {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize(("group", "name"), EVERY)
def test_both_clients_have_the_same_signature(clients: tuple[DO, AsyncDO], group: str, name: str) -> None:
    blocking, suspending = (getattr(getattr(client, group), name) for client in clients)
    assert inspect.signature(blocking).parameters == inspect.signature(suspending).parameters
    assert not inspect.iscoroutinefunction(blocking)
    assert inspect.iscoroutinefunction(suspending) or inspect.isasyncgenfunction(suspending)


@pytest.mark.parametrize(("group", "name"), EVERY)
def test_help_is_the_manual(group: str, name: str) -> None:
    """Every parameter, what comes back, what can go wrong, the scopes, and the reference."""
    function = getattr(getattr(DO, group), name)
    text = pydoc.plain(pydoc.render_doc(function))
    for parameter in inspect.signature(function).parameters:
        assert parameter == "self" or f"  {parameter}: " in text, f"{parameter} is not described"
    for part in ("Raises:", "Scopes:", "Reference:"):
        assert part in text
    assert "Returns:" in text or inspect.signature(function).return_annotation in ("None", None)


@given(st.lists(st.text("ab-", min_size=1, max_size=2 * WIDTH), max_size=30), st.sampled_from(["", " " * 4, " " * 8]))
def test_texts_are_filled_as_the_standard_library_fills_them(words: list[str], more: str) -> None:
    text = " ".join(["first", *words])
    for indent in ("", "    "):
        assert _wrap(text, indent, more) == fill(
            text, WIDTH, initial_indent=indent, subsequent_indent=more, break_long_words=False, break_on_hyphens=False
        )
