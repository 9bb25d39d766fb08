"""`doboto completion SHELL`: what makes a shell complete these commands.

click's completion lacks in each shell: `--size=s-1`, tags with a colon, an assignment before the command. The scripts
call `doboto` with the line so far and get a candidate a line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any, ClassVar

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

from ..command import COMPLETE, Described
from ..settings import Argument

#: Bash takes `=` and `:` for the end of a word (COMP_WORDBREAKS), so it hands over words that nobody typed. The line
#: itself says what was typed; of each candidate Bash gets what stands after the last such letter.
BASH = """\
%(complete_func)s() {
    local kind value
    COMPREPLY=()
    while IFS=$'\\t' read -r kind value; do
        case $kind in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
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
        switch $parts[1]
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
ASSIGNMENT = re.compile(r"\w+=")


def words(line: str) -> list[str]:
    """The words of a line up to the cursor, the command first; the last one is what is being typed, perhaps nothing."""
    found = split_arg_string(f"{line}.")  # the full stop keeps an empty last word
    found[-1] = found[-1].removesuffix(".")
    while len(found) > 1 and ASSIGNMENT.match(found[0]):
        found.pop(0)
    return found


class _Whole(ShellComplete):
    """Candidates for the whole word: click gives those of `--size=s-1` without the option."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """What fits."""
        found = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        if not (equals and option.startswith("--")):
            return found
        return [CompletionItem(f"{option}={one.value}", one.type, one.help) for one in found]


class _FromLine(_Whole):
    """Where the script hands over the line up to the cursor."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is typed, and that one."""
        *before, typed = words(os.environ["COMP_WORDS"])
        return before[1:], typed


class Bash(_FromLine, BashComplete):
    """Bash, from 4.4 on."""

    source_template: ClassVar[str] = BASH

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """A candidate without what Bash does not take for a part of the word."""
        typed, own = words(os.environ["COMP_WORDS"])[-1], os.environ["COMP_CWORD"]
        kept = typed.removesuffix(own) if own not in {":", "="} else typed
        return f"{item.type}\t{str(item.value).removeprefix(kept)}"


class Fish(_FromLine, FishComplete):
    """Fish, from 3.1 on."""

    source_template: ClassVar[str] = FISH


class Zsh(_Whole, ZshComplete):
    """Zsh, with click's script."""

    source_template: ClassVar[str] = ZshComplete.source_template.replace("\n\n", f"\n\n{ZSH}\n", 1)


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
