#!/usr/bin/env bash
# Ansible's own checks of the collection, those that need no containers: `ansible-test sanity` in the installed collection.
#
#   ansible_sanity.sh ENVIRONMENT [ansible-test sanity's options]
set -euo pipefail
environment=$(realpath "$1") && shift
export HOME=$environment/home PATH=$environment/bin:$PATH
python=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')

# ansible-test downloads a script that installs pip, from a host that not every network reaches. Python brings pip along.
cache=$HOME/.ansible/test/cache
mkdir -p "$cache"
for script in get_pip_24_0.py get_pip_24_2.py; do
  echo 'import ensurepip; ensurepip.bootstrap(default_pip=True)' > "$cache/$script"
done

# In a folder of no repository: ansible-test asks Git for the files, and Git ignores the environments.
workspace=$(mktemp -d)
trap 'rm -rf "$workspace"' EXIT
cp -R "$environment/collections/ansible_collections" "$workspace"
cd "$workspace/ansible_collections/doboto/droplets"

# Left out: what checks shell scripts and ansible's own repository, and pylint, in whose place this project has ruff.
ansible-test sanity --venv --python "$python" --color no --truncate 0 \
  --skip-test pylint --skip-test shellcheck --skip-test pslint "$@"
