#!/bin/sh
# Runs the whole test suite, and installs what it needs: Chromium through apt
# when it is missing and apt may be used; the TypeScript compiler, the libraries
# of the test runtime and the generators of other tools' workers through npm.
# What is missing fails the run; nothing is skipped.
set -eu
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null && [ -z "${SWGEN_CHROMIUM:-}" ]; then
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		say "installing Chromium"
		apt-get update -qq
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
	else
		echo "The end-to-end tests need Chromium: install it (apt-get install chromium), or set SWGEN_CHROMIUM to its path." >&2
		exit 1
	fi
fi

say "gofmt and vet"
unformatted=$(gofmt -l ./*.go cmd manifest strategies templates/*.go swtest internal e2e bench conformance)
if [ -n "$unformatted" ]; then
	echo "not formatted: $unformatted" >&2
	exit 1
fi
go vet ./...

say "staticcheck"
go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

say "TypeScript"
for dir in templates internal/platform; do
	(cd $dir && npm ci --silent --no-audit --no-fund && npm run --silent check)
done
templates/node_modules/.bin/tsc -p internal/report/jsconfig.json

say "workers of other tools"
(cd testdata/foreign && { node generate.mjs --check || { npm ci --ignore-scripts --silent --no-audit --no-fund && node generate.mjs; }; })

say "generated files are current"
go test ./internal/options ./internal/platform/generate

# The race detector slows everything several times: with it, the first of these
# packages play a few of their many workers, and here all of them. The last one
# waits for Chromium most of the time.
say "workers in the test runtime and in Chromium"
go test -timeout 20m -parallel 3 . ./cmd/swgen ./swtest ./internal/verify ./e2e

# The JavaScript engine, which is C that was translated, runs in one goroutine
# and would be thirty times slower: it is built without the detector.
say "tests, with the race detector"
go test -race -gcflags=modernc.org/...=-race=false -timeout 15m $(go list ./... | grep -v '/e2e$')

# The seeds of the fuzz tests ran above. FUZZTIME=1m looks for more; what that
# finds differs from run to run, so it does not belong into every one.
if [ -n "${FUZZTIME:-}" ]; then
	say "fuzzing, $FUZZTIME each"
	for target in \
		FuzzNamesReachTheWorker:. \
		FuzzRegExpMatchesAsMatchDoes:./internal/glob \
		FuzzInsert:./internal/page \
		FuzzQuick:./internal/weburl \
		FuzzConfigurations:./internal/host; do
		go test -run '^$' -fuzz "^${target%%:*}\$" -fuzztime "$FUZZTIME" "${target##*:}"
	done
fi

say "all passed"
