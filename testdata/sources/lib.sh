# Sourced by every <site>/build.sh (POSIX sh). It makes a private copy of the
# site's source in a temp dir ($src) and defines publish, which replaces
# testdata/sites/<site>/ with a finished output directory.
# shellcheck shell=sh

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
site=$(basename -- "$here")
sites=$(CDPATH='' cd -- "$here/../../sites" && pwd)

umask 022
export TZ=UTC LC_ALL=C.UTF-8 CI=1
export SOURCE_DATE_EPOCH=1735689600 # 2025-01-01
export ASTRO_TELEMETRY_DISABLED=1 NEXT_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1 NO_UPDATE_NOTIFIER=1
unset NODE_ENV NODE_OPTIONS

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
src=$tmp/src
cp -R "$here" "$src"
rm -rf "$src/node_modules" "$src/build.sh"

# need NAME WANT GOT: the generator's version has to be the pinned one.
need() {
	case $3 in
	*"$2"*) ;;
	*)
		echo "$site: want $1 $2, have: $3" >&2
		exit 1
		;;
	esac
}

# npm_install: installs what package-lock.json pins into the private copy. Not
# npm ci: the lock files were made where some other platforms' binary packages
# could not be had, and npm ci wants all of those listed too.
npm_install() {
	cp "$src/package-lock.json" "$tmp/lock"
	(cd "$src" && npm install --no-audit --no-fund --loglevel=error)
	cmp -s "$tmp/lock" "$src/package-lock.json" ||
		echo "$site: note: npm would change package-lock.json" >&2
}

# publish DIR: replaces testdata/sites/<site>/ with DIR.
publish() {
	test -f "$1/index.html"
	if grep -rIlF -e "$tmp" "$1"; then
		echo "$site: the files above name the temp dir" >&2
		exit 1
	fi
	rm -rf "${sites:?}/$site"
	mkdir "$sites/$site"
	cp -R "$1/." "$sites/$site/"
	find "$sites/$site" -type f -exec chmod 644 {} +
	echo "$site: $(find "$sites/$site" -type f | wc -l) files"
}
