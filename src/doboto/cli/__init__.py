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
    from collections.abc import Sequence

#: The variable by which a shell asks for completion.
COMPLETE = "_DOBOTO_COMPLETE"
#: Objects after which garbage is looked for: at Python's 700 a tenth of a short command's time would go there, for
#: imports make many objects and no garbage.
RARELY = 50_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code; see `exits`. Help and wrong usage end in `SystemExit`, as is usual."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given == ["--version"] and COMPLETE not in os.environ:  # before anything is imported that takes time
        sys.stdout.write(f"doboto {__version__}\n")
        return 0
    from .errors import handle_signals

    threshold = gc.get_threshold()
    gc.set_threshold(RARELY)
    try:
        with handle_signals():
            return _run(given)
    finally:
        gc.set_threshold(*threshold)


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
        result = root.main(given, prog_name="doboto", complete_var=COMPLETE, standalone_mode=False)
    except BaseException as failure:  # all of them, for no traceback is shown unless asked for
        code = report_error(failure, given, os.environ)
        if code == 2:
            raise SystemExit(code) from None
        return code
    if isinstance(result, int):
        raise SystemExit(result)
    return 0
