#!/bin/sh
# Rebuilds testdata/sites/sveltekit/ with npm's @sveltejs/kit 2.70.4 and
# @sveltejs/adapter-static 3.0.10.
set -eu
. "$(dirname -- "$0")/../lib.sh"
npm_install
(cd "$src" && npm run --silent build)
publish "$src/build"
