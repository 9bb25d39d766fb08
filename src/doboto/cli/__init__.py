"""The command line. `main` is what the installed `doboto` runs; commands import what they need when they run.

Of this module all is imported at each start, so that it imports little itself.
"""

from __future__ import annotations

import gc
import os
import sys

from .. import __version__

TYPE_CHECKING = False  # `typing` would take longer to import than all that a fast answer needs
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The variable by which a shell asks for completion.
COMPLETE = "_DOBOTO_COMPLETE"
#: Commands and options, one a line: the command's words, the word to complete, what it is about; written by
#: `python scripts/cli_reference.py`.
WORDS = "words.tsv"
#: Stands for the options that every command has.
SHARED = "*"
#: How each shell takes a candidate: see `commands.completion` and click's `format_completion`.
CANDIDATES = {"bash": "plain\t{}", "zsh": "plain\n{}\n{}", "fish": "plain,{}\t{}"}
#: Letters of a line whose words need no parsing.
SIMPLE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-/._ ")
#: Objects after which garbage is looked for: at Python's 700 a tenth of a short command's time would go there, for
#: imports make many objects and no garbage.
RARELY = 50_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code; see `exits`. Help and wrong usage end in `SystemExit`, as is usual."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Before anything is imported that takes time; what cannot be written so is left to the rest, which reports why.
    if given == ["--version"] and COMPLETE not in os.environ and _write(f"doboto {__version__}\n"):
        return 0
    if COMPLETE in os.environ and not given:
        found = complete_words(os.environ)
        if found is not None and _write(f"{found}\n"):
            return 0
    threshold = gc.get_threshold()
    gc.set_threshold(RARELY)
    _end_fast()
    try:
        from .errors import handle_signals

        with handle_signals():
            return _run(given)
    finally:
        if gc.get_freeze_count() == 0:  # make old what is left: else the next object has Python look at all of it
            gc.freeze()
            gc.unfreeze()
        gc.set_threshold(*threshold)


def _end_fast() -> None:
    """Leave out the search for garbage at the end of the process, which takes a fifth of a short command's time."""
    import atexit

    atexit.unregister(gc.freeze)  # where `main` is called several times
    atexit.register(gc.freeze)


def _run(given: list[str]) -> int:
    try:
        from .report import report_error
        from .tree import root

        if COMPLETE in os.environ:
            from .commands.completion import register

            register()
    except ModuleNotFoundError as missing:
        from .errors import explain_missing

        sys.stderr.write(f"doboto: {explain_missing('the command line', missing, 'cli')}\n")
        return 1
    try:
        given = [_decode(one) for one in given]
        result = root.main(given, prog_name="doboto", complete_var=COMPLETE, standalone_mode=False)
    except BaseException as failure:  # all of them, for no traceback is shown unless asked for
        code = report_error(failure, given, os.environ)
        if code == 2:
            raise SystemExit(code) from None
        return code
    if isinstance(result, int):
        raise SystemExit(result)
    return 0


def _write(text: str) -> bool:
    """Write to standard output; return False where it is closed or takes no more."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (AttributeError, OSError):  # Python has None for a stream that was closed at the start
        return False
    return True


def _decode(argument: str) -> str:
    """Return an argument as the UTF-8 that it is, also where the locale's encoding is another (PEP 383).

    Raises:
        Failure: It is no UTF-8, so that no request can have it.
    """
    try:
        argument.encode()
    except UnicodeEncodeError:
        from .errors import USAGE, Failure

        try:
            return os.fsencode(argument).decode()
        except UnicodeDecodeError:
            raise Failure(f"the argument {argument!a} is not in UTF-8", USAGE.code) from None
    return argument


def complete_words(environment: Mapping[str, str]) -> str | None:
    """Complete the name of a command or an option from a table, without making any command.

    Args:
        environment: What the shell's script sets: the line, and for zsh the index of the word that is being typed.

    Returns:
        The candidates as the shell takes them; None where a value may be typed, or the line needs parsing.
    """
    shell, _, request = environment[COMPLETE].partition("_")
    line = environment.get("COMP_WORDS", "")
    if request != "complete" or shell not in CANDIDATES or not SIMPLE.issuperset(line):
        return None
    words = line.split()
    index = int(environment["COMP_CWORD"]) if shell == "zsh" else len(words) - (not line.endswith(" "))
    typed, given = (words[index] if index < len(words) else ""), words[1:index]
    if index < 1 or any(word.startswith("-") for word in given):
        return None
    found = _find_words(given, typed)
    return None if found is None else "\n".join(CANDIDATES[shell].format(*one) for one in found)


def _find_words(given: Sequence[str], typed: str) -> list[tuple[str, str]] | None:
    """Find the words that may stand behind a command, each with what it is about; None where a value may be typed."""
    with open(os.path.join(os.path.dirname(__file__), WORDS), encoding="utf-8") as opened:  # noqa: PTH118, PTH120, PTH123 - pathlib takes longer to import
        table = [line.rstrip("\n").split("\t") for line in opened]
    known = {path for path, _, _ in table}
    length = next(length for length in range(len(given), -1, -1) if " ".join(given[:length]) in known)
    path, option = " ".join(given[:length]), typed.startswith("-")
    names = [(word, text) for at, word, text in table if at == path]
    if option and (SHARED, "") in names:
        names += [(word, text) for at, word, text in table if at == SHARED]
    elif not option and (length < len(given) or all(word[:1] in (SHARED, "-") for word, _ in names)):
        return None
    return [one for one in names if one[0].startswith(typed) and one[0][:1] not in (SHARED, "" if option else "-")]
