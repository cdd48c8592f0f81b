package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWhatIsThereIsNotFetchedAgain(t *testing.T) {
	t.Setenv("PATH", t.TempDir()) // nothing could be fetched
	s := source{Dir: t.TempDir(), Log: io.Discard}
	wanted := append(outermost(suites), support...)
	write := func(lines ...string) {
		if err := os.WriteFile(s.versionFile(), []byte(strings.Join(lines, "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(append([]string{"firefox-esr 1.2"}, wanted...)...)
	if version, err := fetch(s); version != "firefox-esr 1.2" || err != nil {
		t.Errorf("got %q, %v", version, err)
	}
	write(append([]string{"firefox-esr 1.2"}, wanted[1:]...)...)
	if _, err := fetch(s); err == nil || !strings.Contains(err.Error(), "apt-get is missing") {
		t.Errorf("with a directory missing: %v", err)
	}
	if _, err := os.Stat(s.versionFile()); err != nil {
		t.Error("what was there is gone, though nothing could replace it")
	}
}

func TestThePinnedVersionIsTriedFirst(t *testing.T) {
	const showsrc = "Package: firefox-esr\nVersion: 115.15.0esr-1~deb12u1\nFiles:\n\nPackage: firefox-esr\n" +
		"Version: 140.12.0esr-1~deb12u1\n\nVersion: 140.9.1esr-1\n"
	for pin, want := range map[string]string{
		"":                                   "140.12.0esr-1~deb12u1 140.9.1esr-1 115.15.0esr-1~deb12u1",
		"firefox-esr 1.0":                    "140.12.0esr-1~deb12u1 140.9.1esr-1 115.15.0esr-1~deb12u1",
		"firefox-esr 115.15.0esr-1~deb12u1":  "115.15.0esr-1~deb12u1 140.12.0esr-1~deb12u1 140.9.1esr-1",
		"firefox-esr 140.12.0esr-1~deb12u1 ": "140.12.0esr-1~deb12u1 140.9.1esr-1 115.15.0esr-1~deb12u1",
	} {
		if got := parseVersions(showsrc, pin); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%q: %q", pin, got)
		}
	}
}

func TestAMirrorIsAddressAndRelease(t *testing.T) {
	got, err := source{Mirror: "http://mirror.example/debian stable"}.sourceLines()
	if want := "deb-src [signed-by=" + debianKeys + "] http://mirror.example/debian stable main\n"; got != want || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := (source{Mirror: "http://mirror.example/debian"}).sourceLines(); err == nil {
		t.Error("a mirror without a release was taken")
	}
}

func TestAptIsConfiguredApart(t *testing.T) {
	s := source{Dir: t.TempDir(), Mirror: "http://mirror.example/debian stable"}
	a, err := s.configure()
	if err != nil {
		t.Fatal(err)
	}
	conf, err := os.ReadFile(filepath.Join(string(a), "apt.conf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"Dir::State", "Dir::Cache", "Dir::Etc::sourcelist"} {
		if !strings.Contains(string(conf), key+` "`+string(a)) {
			t.Errorf("%s is not in the directory:\n%s", key, conf)
		}
	}
}
