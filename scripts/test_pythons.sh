#!/usr/bin/env bash
# Run the tests on every newer Python of this machine, the first of them beside processes that keep all cores busy.
set -euo pipefail
cd "$(dirname "$0")/.."

newer_pythons() {
  local python
  for python in python3.{12..19} "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.{12..19}*/bin/python; do
    "$python" -c 'import ensurepip, venv' 2> /dev/null && echo "$python"
  done
  true
}

beside="python3 scripts/under_load.py"
for python in $(newer_pythons); do
  $beside make tests PYTHON="$python" VENV=".venvs/$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
  beside=""
done
# On a machine with one Python alone, its tests are what runs beside them.
if [ -n "$beside" ]; then $beside make tests; fi
