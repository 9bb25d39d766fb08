"""What a shell completes: names, slugs and tags that are read from the account; and `doboto completion SHELL`.

What can't be read within three seconds is not completed, and no failure writes into the line that is being typed.

The shells' scripts add to click's completion what that lacks: `--size=s-1`, lists with commas, `@file`, names with
blanks, tags with a colon, an assignment before the command. They call `doboto` with the line so far and read a
candidate a line.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    _resolve_context,
    _resolve_incomplete,
    add_completion_class,
    split_arg_string,
)

from ..command import COMPLETE, Described
from ..schema.catalog import OWN_IMAGES, SSH_KEY, CliOperation, Naming, naming_of, takes_droplet
from ..schema.values import LongText, Names, Several, Structure
from ..settings import Argument, settings_of

if TYPE_CHECKING:
    from ...client import DO

CompleteValues = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]

#: Maximum seconds for a user who pressed Tab.
TIMEOUT = 3.0
SLUGS = frozenset({"size", "region", "image"})
TAGS = frozenset({"tag_name", "tags"})

#: Names and addresses that are listed as they are, with the member that has them.
LISTED: Mapping[tuple[str, str], str] = {
    ("domain", "name"): "name", ("reserved_ip", "ip"): "ip", ("floating_ip", "ip"): "ip", ("reserved_ipv6", "ip"): "ip",
}  # fmt: skip
#: Parameters that take `KIND:NAME`, and the kinds with names; `_list_droplets` has Droplets.
REFERRING = frozenset({("project", "resources"), ("tag", "resources")})
REFERENCES: Mapping[str, Naming] = {
    "droplet": Naming("droplet"), "volume": Naming("volume"), "load_balancer": Naming("load_balancer"),
    "image": Naming("image", given=OWN_IMAGES), "vpc": Naming("vpc"),
}  # fmt: skip

#: Bash takes `=` and `:` for the end of a word (COMP_WORDBREAKS), so its words are not those that were typed. The line
#: itself says what was typed; of each candidate Bash gets what stands after the last such letter.
BASH = """\
%(complete_func)s() {
    local kind value
    COMPREPLY=()
    while IFS=$'\\t' read -r kind value; do
        case $kind in
            '') ;;
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            part) compopt -o nospace; COMPREPLY+=("$value") ;;
            *) COMPREPLY+=("$value") ;;
        esac
    done < <(COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_CWORD="$2" %(complete_var)s=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""
FISH = """\
function %(complete_func)s
    set -l line (commandline --cut-at-cursor --current-process | string collect)
    for found in (COMP_WORDS=$line COMP_CWORD= %(complete_var)s=fish_complete %(prog_name)s 2>/dev/null)
        set -l parts (string split --max 1 , -- $found)
        switch "$parts[1]"
            case ''
            case dir
                __fish_complete_directories (commandline --current-token)
            case file
                __fish_complete_path (commandline --current-token)
            case '*'
                echo -- $parts[2]
        end
    end
end
complete --command %(prog_name)s --no-files --arguments '(%(complete_func)s)'
"""
#: What zsh needs before `compdef` is there; a configuration that has loaded it is left as it is.
ZSH = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }\n"
#: In click's script, before candidates are sorted out: a folder is added with nothing behind it.
ZSH_PARTS = (
    """        if [[ "$type" == "plain" ]]; then\n""",
    """        if [[ "$type" == "part" ]]; then
            compadd -U -S '' -- "$key"
        elif [[ "$type" == "plain" ]]; then\n""",
)
ASSIGNMENT = re.compile(r"\w+=")
#: Letters that are a word of their own to Bash.
BREAKS = frozenset({":", "=", "@"})
#: What a shell would not take as it is, and how it takes it.
SPECIAL, SPECIAL_IN_QUOTES, QUOTED = re.compile(r"([^\w@%+=:,./\-])"), re.compile(r'([$`"\\])'), r"\\\1"
#: How a value is written in Bash, by the quote that it stands in.
ESCAPES: Mapping[str, Callable[[str], str]] = {
    "": lambda value: SPECIAL.sub(QUOTED, value),
    '"': lambda value: SPECIAL_IN_QUOTES.sub(QUOTED, value),
    "'": lambda value: value.replace("'", r"'\''"),
}


# -- values


def completer(operation: CliOperation, name: str) -> CompleteValues | None:
    """Find what completes a parameter; None where nothing does."""
    if takes_droplet(operation, name):
        return complete_droplets
    if name in SLUGS and (operation.resource, name) != ("volume", "size"):
        return _completing(lambda do: _list_slugs(do, name))
    if (operation.resource, name) == ("tag", "name") and not operation.name.startswith("create"):
        return complete_tags
    if (operation.resource, name) in LISTED and not operation.name.startswith("create"):
        resource, key = operation.resource, LISTED[operation.resource, name]
        return _completing(lambda do: ((str(one[key]), "") for one in getattr(do, resource).list()))
    if name == "record_id":
        return _completing_with(lambda do, ctx, _: _list_records(do, str([ctx.params.get("name"), *ctx.args][-1])))
    if (operation.resource, name) in REFERRING:
        return _completing_with(lambda do, _, typed: _list_references(do, typed))
    naming = naming_of(operation, name)
    if naming is not None and naming.slugs:
        return _completing(lambda do: chain(_list_names(do, naming), _list_slugs(do, "image")))
    if naming is not None:
        return _completing(lambda do: _list_names(do, naming))
    return complete_tags if name in TAGS else None


def complete_default(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Complete what `auth defaults` sets: the name, and after `=` a slug, or the last of several SSH keys."""
    from ..accounts.contexts import DEFAULTS

    name, equals, _ = incomplete.partition("=")
    key = name.replace("-", "_")
    if not equals:
        names = {f"{one.replace('_', '-')}=": text for one, text in DEFAULTS.items()}
        return [CompletionItem(one, "part", help=text) for one, text in names.items() if one.startswith(incomplete)]
    if key == "ssh_keys":
        before = incomplete[: max(incomplete.rfind(","), incomplete.find("=")) + 1]
        keys = _completing(lambda do: ((f"{before}{one}", text) for one, text in _list_names(do, SSH_KEY)))
        return keys(ctx, param, incomplete)
    slugs = _completing(lambda do: ((f"{name}={one}", text) for one, text in _list_slugs(do, key)))
    return slugs(ctx, param, incomplete) if key in SLUGS else []


def _completing(candidates: Callable[[DO], Iterator[tuple[str, str]]]) -> CompleteValues:
    return _completing_with(lambda do, _ctx, _incomplete: candidates(do))


def _completing_with(candidates: Callable[[DO, click.Context, str], Iterator[tuple[str, str]]]) -> CompleteValues:
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:  # noqa: ARG001
        from ... import Retry
        from ..accounts.client import open_client

        try:
            with open_client(settings_of(ctx), retry=Retry.never(), timeout=TIMEOUT) as do:
                found = dict(candidates(do, ctx, incomplete))
        except Exception:  # a completion that fails must not write into the line being typed
            return []
        fitting = [(value, text) for value, text in found.items() if _is_candidate(value, incomplete)]
        return [CompletionItem(value, "part" if value.endswith(":") else "plain", text) for value, text in fitting]

    return complete


def _is_candidate(value: str, incomplete: str) -> bool:
    """Whether a value can be typed and fits: one with a line break or an escape sequence can't."""
    return bool(value) and value.isprintable() and value.startswith(incomplete)


def _list_droplets(do: DO) -> Iterator[tuple[str, str]]:
    for droplet in do.droplet.list():
        yield droplet["name"], f"{droplet['id']} {droplet['status']}"


def _list_tags(do: DO) -> Iterator[tuple[str, str]]:
    for tag in do.tag.list():
        yield tag["name"], ""


def _list_names(do: DO, naming: Naming) -> Iterator[tuple[str, str]]:
    """List names; an object without one is named by its id."""
    for one in getattr(getattr(do, naming.resource), naming.listing)(**dict(naming.given)):
        name = str(one.get("name") or "")
        yield (name, str(one["id"])) if name else (str(one["id"]), "")


def _list_records(do: DO, domain: str) -> Iterator[tuple[str, str]]:
    """List the records of a domain: by name, and where several have it by name and type, if that is enough, or id."""
    records = do.domain.record_list(domain)
    names = Counter(one["name"] for one in records)
    typed = Counter((one["name"], one["type"]) for one in records)
    for one in records:
        by_type = f"{one['name']}:{one['type']}" if typed[one["name"], one["type"]] == 1 else str(one["id"])
        yield one["name"] if names[one["name"]] == 1 else by_type, f"{one['type']} {one['data']}"


def _list_references(do: DO, typed: str) -> Iterator[tuple[str, str]]:
    """List the kinds of `KIND:NAME`, and behind a kind the names of its resources."""
    kind, colon, _ = typed.partition(":")
    if not colon:
        yield from ((f"{one}:", "") for one in REFERENCES)
        return
    listed = _list_droplets(do) if kind == "droplet" else _list_names(do, REFERENCES[kind])
    yield from ((f"{kind}:{name}", text) for name, text in listed)


def _list_slugs(do: DO, kind: str) -> Iterator[tuple[str, str]]:
    from ..run.create import slug_entries

    for entry in slug_entries(do, kind):
        if entry.get("slug"):
            price = entry.get("price_monthly")
            yield entry["slug"], f"${price:g}/month" if price else str(entry.get("name", ""))


complete_droplets = _completing(_list_droplets)
complete_tags = _completing(_list_tags)


# -- shells


def words(line: str) -> list[str]:
    """Split a line up to the cursor into words, the command first; the last is being typed and may be empty."""
    found = split_arg_string(f"{line}.")  # the full stop keeps an empty last word
    found[-1] = found[-1].removesuffix(".")
    while len(found) > 1 and ASSIGNMENT.match(found[0]):
        found.pop(0)
    return found


class _WholeWord(ShellComplete):
    """Candidates for the whole word: click returns those of `--size=s-1` without the option."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """List the candidates."""
        option, equals, _ = incomplete.partition("=")
        before = f"{option}=" if equals and option.startswith("--") else ""
        parameter, value = self._parameter(args, incomplete)
        if parameter is not None:
            head, value = _split_list(parameter, value)
            if value.startswith("@") and (
                isinstance(parameter.type, LongText | Structure) or isinstance(parameter, Names)
            ):
                return [_prepend(before + head, one) for one in _list_files(value)]
            if head:
                before += head
                args, incomplete = _without_value(args, option, equals), value
        return [_prepend(before, one) for one in super().get_completions(args, incomplete)]

    def _parameter(self, args: list[str], incomplete: str) -> tuple[click.Parameter | None, str]:
        """Find the parameter that is being typed, and the text of its value."""
        context = _resolve_context(self.cli, self.ctx_args, self.prog_name, list(args))
        found, value = _resolve_incomplete(context, list(args), incomplete)
        return (found if isinstance(found, click.Parameter) else None), value


def _without_value(args: list[str], option: str, equals: str) -> list[str]:
    """Return the words before a value: of `--tag=a,b` the option becomes a word of its own."""
    return [*args, option] if equals and option.startswith("--") else args


def _split_list(parameter: click.Parameter, value: str) -> tuple[str, str]:
    """Split a list with commas into what is complete and its last item."""
    if not isinstance(parameter.type, Several) or "," not in value:
        return "", value
    head, comma, last = value.rpartition(",")
    return head + comma, last


def _prepend(before: str, item: CompletionItem[Any]) -> CompletionItem[str]:
    return CompletionItem(f"{before}{item.value}", item.type, item.help)


def _list_files(typed: str) -> list[CompletionItem[str]]:
    """List the files and folders that `@path` may become; hidden ones only where their dot is typed."""
    folder, slash, name = typed.removeprefix("@").rpartition("/")
    try:
        found = sorted(Path(f"{folder}{slash}" or ".").expanduser().iterdir())
    except OSError:
        return []
    return [
        CompletionItem(f"@{folder}{slash}{one.name}{'/' * one.is_dir()}", "part" if one.is_dir() else "plain")
        for one in found
        if one.name.startswith(name) and one.name.isprintable() and (name or not one.name.startswith("."))
    ]


class _FromLine(_WholeWord):
    """For scripts that pass the line up to the cursor."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Read the words before the one that is being typed, and that one."""
        *before, typed = words(os.environ["COMP_WORDS"])
        return before[1:], typed


class Bash(_FromLine, BashComplete):
    """Bash, from 4.4 on."""

    source_template: ClassVar[str] = BASH

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Write a candidate without what Bash does not take for a part of the word, quoted as the word is."""
        line, own = os.environ["COMP_WORDS"], os.environ["COMP_CWORD"]
        typed, quote = words(line)[-1], _find_quote(line)
        kept = typed if own in BREAKS else typed.removesuffix(words(f"x {quote}{own.removeprefix(quote)}")[-1])
        value = str(item.value).removeprefix(kept)
        return f"{item.type}\t{ESCAPES[quote](value)}"


def _find_quote(line: str) -> str:
    """Return the quote that the word that is being typed is inside of; an empty text where it is in none."""
    quote, escaped = "", False
    for letter in line:
        if escaped:
            escaped = False
        elif letter == "\\" and quote != "'":
            escaped = True
        elif letter in "'\"" and quote in ("", letter):
            quote = "" if quote else letter
    return quote


class Fish(_FromLine, FishComplete):
    """Fish, from 3.1 on."""

    source_template: ClassVar[str] = FISH


class Zsh(_WholeWord, ZshComplete):
    """Zsh, with click's script, which is changed so that no blank follows a folder."""

    source_template: ClassVar[str] = ZshComplete.source_template.replace("\n\n", f"\n\n{ZSH}\n", 1).replace(*ZSH_PARTS)


CLASSES: Sequence[type[ShellComplete]] = (Bash, Zsh, Fish)
SHELLS: Sequence[str] = tuple(each.name for each in CLASSES)


def register() -> None:
    """Have click use these classes."""
    for each in CLASSES:
        add_completion_class(each)


HOW = """Print a script for a shell.

bash, in ~/.bashrc: eval "$(doboto completion bash)"

zsh, in ~/.zshrc: eval "$(doboto completion zsh)"

fish, once: doboto completion fish > ~/.config/fish/completions/doboto.fish"""


def _print(ctx: click.Context, shell: str) -> None:
    kind = CLASSES[SHELLS.index(shell)]
    click.echo(kind(ctx.find_root().command, {}, "doboto", COMPLETE).source())


command = Described(
    "completion",
    help=HOW,
    callback=click.pass_context(_print),
    params=[Argument(["shell"], type=click.Choice(SHELLS), text="The shell.")],
)
