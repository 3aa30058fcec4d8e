#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the real Prometheus 3.14 as the peer of the end-to-end test: .cache/peers/prometheus. Once; needs Go. Without Go nothing
# happens and the test takes the prometheus on the path alone. 30 s with a warm build cache, some minutes without.
set -euo pipefail
version=v0.314.0
folder=$(cd "$(dirname "$0")/../../.." && pwd)/.cache/peers

[ -x "$folder/prometheus" ] && exit 0
command -v go >/dev/null || { echo "no Go: no peer 3.14"; exit 0; }
mkdir -p "$folder/module"
cd "$folder/module"
[ -f go.mod ] || go mod init stalemark.test/peers 2>/dev/null
go get -tool "github.com/prometheus/prometheus/cmd/prometheus@$version" 2>/dev/null
go build -o "$folder/prometheus.new" github.com/prometheus/prometheus/cmd/prometheus
mv "$folder/prometheus.new" "$folder/prometheus"
