#!/bin/sh
# Rebuilds testdata/sites/astro/ with npm's astro 7.3.5.
set -eu
. "$(dirname -- "$0")/../lib.sh"
npm_install
(cd "$src" && npm run --silent build)
publish "$src/dist"
