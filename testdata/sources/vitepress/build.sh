#!/bin/sh
# Rebuilds testdata/sites/vitepress/ with npm's vitepress 1.6.4.
set -eu
. "$(dirname -- "$0")/../lib.sh"
npm_install
(cd "$src" && npm run --silent build)
publish "$src/.vitepress/dist"
