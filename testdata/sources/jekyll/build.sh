#!/bin/sh
# Rebuilds testdata/sites/jekyll/ with Debian's jekyll 4.3.1.
set -eu
. "$(dirname -- "$0")/../lib.sh"
need jekyll 4.3.1 "$(jekyll --version)"
(cd "$src" && JEKYLL_ENV=production jekyll build --quiet --disable-disk-cache --source "$src" --destination "$tmp/out")
publish "$tmp/out"
