#!/bin/sh
# Rebuilds testdata/sites/eleventy/ with npm's @11ty/eleventy 3.1.2.
set -eu
. "$(dirname -- "$0")/../lib.sh"
npm_install
(cd "$src" && npm run --silent build)
publish "$src/dist"
