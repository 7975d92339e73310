#!/usr/bin/env bash
# Builds a Go program into .tools/bin, with the compiler and the modules that its go.mod and go.sum lock.
# Usage: build.sh geth|kubo|prehistory
set -euo pipefail
cd "$(dirname "$0")/$1"
command -v go >/dev/null || {
  echo "缺少 / missing: Go 1.21 or newer (go)" >&2
  exit 1
}
case $1 in
  geth) what=github.com/ethereum/go-ethereum/cmd/geth to=geth ;;
  kubo) what=github.com/ipfs/kubo/cmd/ipfs to=ipfs ;;
  prehistory) what=. to=prehistory ;;
esac
toolchain=$(sed -n 's/^toolchain //p' go.mod)
echo "go build $what ($toolchain)"
# go-ethereum 1.13 reaches into the runtime, which newer linkers refuse unless told (checklinkname).
GOTOOLCHAIN=$toolchain GOFLAGS=-mod=readonly go build -trimpath -ldflags=-checklinkname=0 -o "../../../.tools/bin/$to.new" "$what"
mv "../../../.tools/bin/$to.new" "../../../.tools/bin/$to"
