#!/usr/bin/env bash
# Says what is missing before `make` runs into it. Usage: check_tools.sh PYTHON
set -euo pipefail

python=${1:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
  echo "Could not set up .venv: '$python' is not a Python of 3.10 or newer. jsmodel uses what came with 3.10." \
    "Install one (apt-get install python3 python3-venv), or name yours: make PYTHON=python3.12 ..." >&2
  exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "Could not set up .venv: '$python' has no venv module. Debian and Ubuntu ship it in a package of its own." \
    "Type: apt-get install python3-venv" >&2
  exit 1
fi
if ! command -v npm >/dev/null || ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
  echo "Could not set up the JavaScript build: node 20.19 or newer and npm are needed, and 'node --version' says" \
    "'$(node --version 2>/dev/null || echo nothing)'. Only building needs them, a built wheel does not." \
    "Install Node.js (apt-get install nodejs npm, or nodejs.org), and type make again." >&2
  exit 1
fi
