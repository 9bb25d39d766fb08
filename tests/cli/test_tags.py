"""`droplet tag` and `droplet untag`: Droplets by id or name, one or several, and their tags."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import NEW, Doboto

FIRST = 480000000


@pytest.fixture
def three(simulated: Doboto) -> Doboto:
    simulated.ok("-q", "droplet", "create", "web-1", "web-2", "db-1", *NEW, "--tag", "old", "--wait")
    return simulated


def tags(account: Doboto) -> dict[str, list[str]]:
    return {one["name"]: sorted(one["tags"]) for one in account.ok("-o", "json", "droplet", "list").json}


def test_droplets_are_tagged_by_name_and_id(three: Doboto) -> None:
    done = three.ok("droplet", "tag", "web-1", FIRST + 1, "env:prod")
    assert done.out == ""
    assert done.err.splitlines()[-2:] == [f"tagged web-1 ({FIRST}) with env:prod", f"tagged {FIRST + 1} with env:prod"]
    assert tags(three) == {"web-1": ["env:prod", "old"], "web-2": ["env:prod", "old"], "db-1": ["old"]}
    done = three.ok("-o", "json", "droplet", "untag", "web-1", "web-2", "env:prod,old")
    event = json.loads(done.err.splitlines()[0])
    assert (event["event"], event["id"], event["tags"]) == ("untagged", FIRST, ["env:prod", "old"])
    assert tags(three) == {"web-1": [], "web-2": [], "db-1": ["old"]}
    assert three.ok("droplet", "tag", "db-1", "old").err == f"tagged db-1 ({FIRST + 2}) with old\n", (
        "and nothing created"
    )


@pytest.mark.parametrize("option", ["--tag", "--tag-name", "--tag-names"])
def test_tags_as_options_leave_all_words_to_droplets(three: Doboto, option: str) -> None:
    three.ok("droplet", "tag", "web-1", "db-1", option, "a,b", option, "c")
    assert tags(three) == {"web-1": ["a", "b", "c", "old"], "web-2": ["old"], "db-1": ["a", "b", "c", "old"]}


@pytest.mark.parametrize("command", ["tag", "untag"])
@pytest.mark.parametrize(
    "words", [(), ("web-1",), ("web-1", ""), ("web-1", "a,,b"), ("--tag", "a"), ("", "a"), ("web-1", "--tag", "")]
)
def test_what_names_no_droplet_or_no_tag_is_wrong_usage(three: Doboto, command: str, words: tuple[str, ...]) -> None:
    before = tags(three)
    three.refused(2, "usage", "droplet", command, *words)
    assert tags(three) == before


def test_what_does_not_exist_is_not_found(three: Doboto) -> None:
    assert "nosuch" in three.refused(3, "not_found", "droplet", "tag", "nosuch", "a")["message"]
    three.refused(3, "not_found", "droplet", "tag", 404, "old")
    three.refused(3, "not_found", "droplet", "untag", "web-1", "nosuch")
    three.refused(5, "refused", "droplet", "tag", "web-1", "a b")
    assert tags(three)["web-1"] == ["old"]


def test_help_of_droplets_lists_both(doboto: Doboto) -> None:
    text = doboto.ok("droplet", "--help").out
    assert "  tag " in text
    assert "  untag " in text


def test_the_shell_completes_droplets_and_tags(three: Doboto) -> None:
    def completed(*words: str) -> set[str]:
        variables: dict[str, Any] = {
            "_DOBOTO_COMPLETE": "fish_complete", "COMP_WORDS": " ".join(["doboto", *words]), "COMP_CWORD": words[-1],
        }  # fmt: skip
        return {line.split("\t")[0].split(",")[-1] for line in three.as_process("", **variables).out.splitlines()}

    assert completed("droplet", "tag", "web") >= {"web-1", "web-2"}
    assert "old" in completed("droplet", "untag", "web-1", "ol")


def test_a_forgotten_tag_is_noticed(three: Doboto) -> None:
    message = three.refused(2, "usage", "droplet", "tag", "web-1", "web-2")["message"]
    assert "'web-2' is a Droplet" in message
    assert tags(three)["web-1"] == ["old"]
    three.ok("droplet", "tag", "web-1", "--tag", "web-2")
    assert tags(three)["web-1"] == ["old", "web-2"]
