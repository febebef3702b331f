#!/usr/bin/env bash
# Write the three lock files anew from pyproject.toml (needs uv). They hold hashes and no address of any registry.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() { uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate "$@"; }
compile --extra build pyproject.toml -o requirements.lock
compile --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
compile --extra build --extra dev --extra bench -c requirements-dev.lock pyproject.toml -o requirements-bench.lock
