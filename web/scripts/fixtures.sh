#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the traces that the unit tests read: scripts/fixtures.sh STALEMARK
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
for name in exporter-restart reload-relabelling commit-error; do
  "$1" run --format trace -o "$here/src/trace/testdata/$name.trace" "$here/../fixtures/scenarios/$name.yml" >/dev/null || true
done
