#!/bin/sh
# Rebuilds testdata/sites/next/ with npm's next 16.4.6.
set -eu
. "$(dirname -- "$0")/../lib.sh"
npm_install
(cd "$src" && npm run --silent build)
publish "$src/out"
