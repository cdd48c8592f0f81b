#!/bin/sh
# Rebuilds testdata/sites/hugo-ugly/ with hugo 0.165.0, which the Go command
# fetches and compiles (minutes, the first time). HUGO=/path/to/hugo skips that.
set -eu
. "$(dirname -- "$0")/../lib.sh"
if [ -z "${HUGO:-}" ]; then
	GOFLAGS='' GOBIN=$tmp/bin go install github.com/gohugoio/hugo@v0.165.0
	HUGO=$tmp/bin/hugo
fi
need hugo v0.165.0 "$("$HUGO" version)"
"$HUGO" --quiet --minify --source "$src" --destination "$tmp/out" --cacheDir "$tmp/cache"
publish "$tmp/out"
