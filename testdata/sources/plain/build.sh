#!/bin/sh
# testdata/sites/plain/ is written by hand: this only copies it, and gives the
# files whose names need care their real names.
set -eu
. "$(dirname -- "$0")/../lib.sh"
out=$src/site
mv "$out/its-and-co.html" "$out/it's & co.html"
publish "$out"
