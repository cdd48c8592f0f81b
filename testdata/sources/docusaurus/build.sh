#!/bin/sh
# Rebuilds testdata/sites/docusaurus/ with npm's @docusaurus/core 3.8.1.
# The build directory's path sways the minifier's choice of local names in
# runtime~main.*.js, so that this file's hash, and with it the script address in
# every page, differs from build to build. All else is the same.
set -eu
. "$(dirname -- "$0")/../lib.sh"
npm_install
(cd "$src" && npm run --silent build)
publish "$src/build"
