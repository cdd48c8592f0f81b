#!/bin/sh
# Rebuilds testdata/sites/hugo-pretty/ with Debian's hugo 0.111.3 (extended).
set -eu
. "$(dirname -- "$0")/../lib.sh"
need hugo v0.111.3 "$(hugo version)"
hugo --quiet --source "$src" --destination "$tmp/out" --cacheDir "$tmp/cache"
publish "$tmp/out"
