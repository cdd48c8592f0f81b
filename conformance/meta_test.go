package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMetaLines(t *testing.T) {
	all := []string{"dedicatedworker", "sharedworker", "serviceworker"}
	usual := []string{"window", "dedicatedworker"}
	once := []string{""}
	for name, c := range map[string]struct {
		script string
		want   meta
	}{
		"no lines":               {"test(() => {});", meta{usual, once, false}},
		"worker is three realms": {"// META: global=worker\n", meta{all, once, false}},
		"spaces, CRLF and other keys": {
			"// META: title=a=b\r\n//META:  global=window, worker \r\n// META: script=/resources/x.js\r\n",
			meta{append([]string{"window"}, all...), once, false},
		},
		"each variant, in order": {
			"// META: variant=?b\n// META: variant=?a=1-10\n// META: timeout=long\n",
			meta{usual, []string{"?b", "?a=1-10"}, true},
		},
		"the first other line ends them": {"\n// META: timeout=long\n", meta{usual, once, false}},
		"no blank before the key":        {"//META: timeout=long", meta{usual, once, true}},
		"another timeout":                {"// META: timeout=normal", meta{usual, once, false}},
	} {
		if diff := cmp.Diff(c.want, parseMeta([]byte(c.script))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestRealmPrefersTheServiceWorker(t *testing.T) {
	for _, c := range []struct{ globals, global, needs string }{
		{"", dedicatedWorker, ""},
		{"window,worker", serviceWorker, ""},
		{"window,dedicatedworker,shadowrealm", dedicatedWorker, ""},
		{"serviceworker-module", serviceWorkerModule, ""},
		{"window,dedicatedworker-module", dedicatedWorkerModule, ""},
		{"window", "", needsPage},
		{"window-module,sharedworker", "", needsPage},
		{"shadowrealm", "", needsRealm},
		{"sharedworker", "", needsRealm},
	} {
		global, needs := realm(parseGlobals(c.globals))
		if !slices.Equal([]string{global, needs}, []string{c.global, c.needs}) {
			t.Errorf("%q: runs in %q, needs %q", c.globals, global, needs)
		}
	}
}
