#!/usr/bin/env bash
# Prints the path of forge or anvil: the binary inside its npm package (npm's own wrapper would start Node.js first, and
# keeps signals from reaching the tool), else one of the same name on the PATH. Usage: native.sh forge
set -euo pipefail

packaged=hardhat-config/node_modules/@foundry-rs/$1-linux-amd64/bin/$1
if [[ -x $packaged ]]; then
  echo "$packaged"
elif command -v "$1"; then
  :
else
  echo "缺少 / missing: $1 (no package for $(uname -sm); install Foundry 1.7.1 and put it on the PATH)" >&2
  exit 1
fi
