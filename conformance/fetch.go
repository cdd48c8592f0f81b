package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The tests come from Debian's source package of Firefox, the only published
// package that holds them whole. Of its archive, some 700 MB, about a
// hundredth is kept. apt downloads and verifies it with a configuration of its
// own, so that nothing of the machine's is changed and no root rights are
// needed.

const (
	sourcePackage = "firefox-esr"
	archiveTests  = "firefox-*/testing/web-platform/tests/"
	aptHelper     = "/usr/lib/apt/apt-helper"
	debianKeys    = "/usr/share/keyrings/debian-archive-keyring.gpg"
)

// support is what the suites need besides their own directories: what they
// import and ask for, and the server with the modules that it imports.
var support = []string{
	"common",
	"images/blue.png",
	"interfaces",
	"media/foo.vtt",
	"media/test-av-384k-44100Hz-1ch-320x240-30fps-10kfr.webm",
	"resources",
	"tools/__init__.py",
	"tools/certs",
	"tools/gitignore",
	"tools/localpaths.py",
	"tools/manifest",
	"tools/metadata",
	"tools/serve",
	"tools/third_party/atomicwrites",
	"tools/third_party/h2/src",
	"tools/third_party/hpack/src",
	"tools/third_party/html5lib/html5lib",
	"tools/third_party/hyperframe/src",
	"tools/third_party/pywebsocket3/pywebsocket3",
	"tools/third_party/webencodings/webencodings",
	"tools/wptserve",
	"xhr/resources",
}

// source says where to fetch the tests from and where to put them.
type source struct {
	Dir    string    // for the tests
	Mirror string    // "URL RELEASE"; empty takes what apt is configured for
	Pin    string    // version to take if it can be had, as fetch returns it; else the newest
	Log    io.Writer // told what is being done
}

// fetch makes the tests be in s.Dir and returns their version, the name and
// version of the package. It does nothing when all that is wanted is there.
func fetch(s source) (string, error) {
	wanted := append(outermost(suites), support...)
	if version, ok := s.have(wanted); ok {
		return version, nil
	}
	began := time.Now()
	if err := s.checkTools(); err != nil {
		return "", fmt.Errorf("fetching the tests: %w", err)
	}
	version, err := s.fetch(wanted)
	if err != nil {
		return "", fmt.Errorf("fetching the tests: %w", err)
	}
	fmt.Fprintf(s.Log, "conformance: the tests of %s are in %s, after %s\n", version, s.Dir, time.Since(began).Round(time.Second))
	return version, nil
}

func (s source) versionFile() string { return filepath.Join(s.Dir, "VERSION") }

// have reads the version that is there. The file is written last, and names
// what was extracted: nothing half done or outgrown is taken for whole.
func (s source) have(wanted []string) (version string, ok bool) {
	content, err := os.ReadFile(s.versionFile())
	if err != nil {
		return "", false
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	return lines[0], slices.Equal(lines[1:], wanted)
}

func (s source) checkTools() error {
	for _, tool := range []string{"apt-get", "apt-cache", aptHelper, "tar", "xz"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%s is missing: it takes a Debian or Ubuntu machine with xz-utils; on others, copy the directory %s from one", tool, s.Dir)
		}
	}
	if _, err := os.Stat(debianKeys); err != nil {
		return fmt.Errorf("%s is missing: apt-get install debian-archive-keyring", debianKeys)
	}
	return nil
}

func (s source) fetch(wanted []string) (string, error) {
	if err := os.RemoveAll(s.Dir); err != nil {
		return "", err
	}
	apt, err := s.configure()
	if err != nil {
		return "", err
	}
	if _, err := apt.run("apt-get", "update"); err != nil {
		return "", err
	}
	versions, err := apt.versions(s.Pin)
	if err != nil {
		return "", err
	}
	archive := filepath.Join(string(apt), "orig.tar.xz")
	version, err := apt.download(versions, archive, s.Log)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(s.Log, "conformance: extracting")
	args := []string{"-xf", archive, "-C", s.Dir, "--strip-components=4", "--no-same-owner", "--wildcards", "--no-wildcards-match-slash"}
	for _, dir := range wanted {
		args = append(args, archiveTests+dir)
	}
	if _, err := apt.run("tar", args...); err != nil {
		return "", err
	}
	if err := os.RemoveAll(string(apt)); err != nil {
		return "", err
	}
	text := version + "\n" + strings.Join(wanted, "\n") + "\n"
	return version, os.WriteFile(s.versionFile(), []byte(text), 0o666)
}

// apt is a directory with a configuration of apt and all its state.
type apt string

// configure makes the directory. The hooks that machines have for `apt-get
// update` are about their own lists.
func (s source) configure() (apt, error) {
	sources, err := s.sourceLines()
	if err != nil {
		return "", err
	}
	dir, err := filepath.Abs(filepath.Join(s.Dir, "apt"))
	if err != nil {
		return "", err
	}
	for _, sub := range []string{"lists/partial", "archives/partial"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o777); err != nil {
			return "", err
		}
	}
	list := filepath.Join(dir, "sources.list")
	if err := os.WriteFile(list, []byte(sources), 0o666); err != nil {
		return "", err
	}
	conf := fmt.Sprintf(`Dir::State %[1]q;
Dir::Cache %[1]q;
Dir::Etc::sourcelist %[2]q;
Dir::Etc::sourceparts "/dev/null";
APT::Sandbox::User "root";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
`, dir, list)
	return apt(dir), os.WriteFile(filepath.Join(dir, "apt.conf"), []byte(conf), 0o666)
}

// sourceLines is the sources.list: the machine's own Debian archive and its
// updates, but for source packages, unless a mirror is given.
func (s source) sourceLines() (string, error) {
	const format = "deb-src [signed-by=" + debianKeys + "] %s %s main\n"
	if s.Mirror != "" {
		url, release, ok := strings.Cut(s.Mirror, " ")
		if !ok {
			return "", fmt.Errorf("the mirror %q is not a URL, a space and the name of a release", s.Mirror)
		}
		return fmt.Sprintf(format, url, release), nil
	}
	codename, err := debianCodename()
	if err != nil {
		return "", err
	}
	targets, err := apt("").run("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages", "Component: main")
	if err != nil {
		return "", err
	}
	var lines strings.Builder
	for target := range strings.Lines(targets) {
		url, release, _ := strings.Cut(strings.TrimSpace(target), " ")
		if slices.Contains([]string{codename, codename + "-security"}, release) {
			fmt.Fprintf(&lines, format, url, release)
		}
	}
	if lines.Len() == 0 {
		return "", fmt.Errorf("apt is not configured for main of Debian's release %q: give a mirror with -mirror 'URL RELEASE'", codename)
	}
	return lines.String(), nil
}

func debianCodename() (string, error) {
	content, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return "", err
	}
	found := regexp.MustCompile(`(?m)^VERSION_CODENAME="?(\w+)`).FindSubmatch(content)
	if found == nil || !regexp.MustCompile(`(?m)^ID="?debian"?$`).Match(content) {
		return "", errors.New("this machine is not Debian: give a mirror of Debian with -mirror 'URL RELEASE'")
	}
	return string(found[1]), nil
}

// run runs a command, of apt with this configuration, and returns its output.
func (a apt) run(name string, args ...string) (string, error) {
	if a != "" && name != "tar" {
		args = append([]string{"-c", filepath.Join(string(a), "apt.conf")}, args...)
	}
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", filepath.Base(name), args[len(args)-1], err, strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}

// versions lists those that the archive has, as parseVersions orders them.
func (a apt) versions(pin string) ([]string, error) {
	out, err := a.run("apt-cache", "showsrc", sourcePackage)
	if err != nil {
		return nil, err
	}
	versions := parseVersions(out, pin)
	if len(versions) == 0 {
		return nil, fmt.Errorf("the archive has no source package %s", sourcePackage)
	}
	return versions, nil
}

// parseVersions reads what `apt-cache showsrc` printed: the pinned version
// first, then the newest.
func parseVersions(showsrc, pin string) []string {
	var versions []string
	for _, found := range regexp.MustCompile(`(?m)^Version: (\S+)$`).FindAllStringSubmatch(showsrc, -1) {
		versions = append(versions, found[1])
	}
	slices.SortFunc(versions, func(x, y string) int { return slices.Compare(numbers(y), numbers(x)) })
	pin = strings.TrimPrefix(pin, sourcePackage+" ")
	if i := slices.Index(versions, pin); i > 0 {
		versions = slices.Insert(slices.Delete(versions, i, i+1), 0, pin)
	}
	return versions
}

// numbers is what a version is ordered by, well enough for Firefox's.
func numbers(version string) []int {
	var all []int
	for _, digits := range regexp.MustCompile(`\d+`).FindAllString(version, -1) {
		n, _ := strconv.Atoi(digits) // digits, so that it can only be too large
		all = append(all, n)
	}
	return all
}

// download gets the archive of the first version that can be had: a mirror
// may list versions that it does not hold any more.
func (a apt) download(versions []string, archive string, log io.Writer) (string, error) {
	var failed error
	for _, version := range versions {
		out, err := a.run("apt-get", "source", "--print-uris", sourcePackage+"="+version)
		if err != nil {
			return "", err
		}
		found := regexp.MustCompile(`(?m)^'(\S+\.orig\.tar\.xz)' \S+ (\d+) (\S+)$`).FindStringSubmatch(out)
		if found == nil {
			return "", fmt.Errorf("%s %s has no orig.tar.xz", sourcePackage, version)
		}
		name := sourcePackage + " " + version
		fmt.Fprintf(log, "conformance: downloading the source of %s, %s bytes\n", name, found[2])
		if _, err = a.run(aptHelper, "download-file", found[1], archive, found[3]); err == nil {
			return name, nil
		}
		fmt.Fprintln(log, "conformance: it cannot be had:", err)
		failed = err
	}
	return "", failed
}
