#!/usr/bin/env bash
# Installs what `make setup` needs of Debian's packages where it may (root, apt), and says in one line what is lacking
# where it may not. Usage: tools.sh PYTHON3.11
set -euo pipefail

# package: what is there once it is installed (a path, wildcards allowed)
packages=(
  "postgresql: /usr/lib/postgresql/*/bin/initdb" # the tests raise a server of their own with it
)

missing=()
"$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null ||
  missing+=("Python 3.11 with venv ($1; Debian: python3.11 python3.11-venv)")
node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null || missing+=("Node.js 20 or newer (node)")
command -v npm >/dev/null || missing+=("npm")

lacking() {
  for each in "${packages[@]}"; do
    compgen -G "${each#*: }" >/dev/null || echo "${each%%:*}"
  done
}

# A service that a package brings is not started: nobody asked for one.
install() {
  local policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap "rm -f $policy" EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -qq --yes --no-install-recommends "$@"
}

mapfile -t wanted < <(lacking)
if ((${#wanted[@]})) && [[ $EUID == 0 ]] && command -v apt-get >/dev/null; then
  echo "apt-get install ${wanted[*]}"
  install "${wanted[@]}" >/dev/null || true
  mapfile -t wanted < <(lacking)
fi
for each in "${wanted[@]}"; do
  missing+=("$each (Debian: apt-get install $each)")
done

if ((${#missing[@]})); then
  printf -v list '%s, ' "${missing[@]}"
  echo "缺少 / missing: ${list%, }" >&2
  exit 1
fi
