#!/bin/sh
# Rebuilds testdata/sites/mkdocs/ with Debian's mkdocs 1.4.2 and mkdocs-material 8.2.5.
set -eu
. "$(dirname -- "$0")/../lib.sh"
need mkdocs 'version 1.4.2' "$(mkdocs --version)"
mkdocs build --quiet --config-file "$src/mkdocs.yml" --site-dir "$tmp/out"
# Search in other languages than English: a megabyte, partly not MIT, never loaded here.
rm -r "$tmp/out/assets/javascripts/lunr"
publish "$tmp/out"
