#!/usr/bin/env bash
# Says in one line what the machine lacks for `make setup`. Usage: tools.sh PYTHON3.11
set -euo pipefail

missing=()
"$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null ||
  missing+=("Python 3.11 with venv ($1; Debian: python3.11 python3.11-venv)")
node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null || missing+=("Node.js 20 or newer (node)")
command -v npm >/dev/null || missing+=("npm")

if ((${#missing[@]})); then
  printf -v list '%s, ' "${missing[@]}"
  echo "缺少 / missing: ${list%, }" >&2
  exit 1
fi
