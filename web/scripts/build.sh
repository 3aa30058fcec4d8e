#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the page into build/web, its packages installed first when the lock file says others.
set -euo pipefail
cd "$(dirname "$0")/.."
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error
npx vite build --logLevel warn
npx vite build --logLevel warn --config vite.single.config.ts --mode single
