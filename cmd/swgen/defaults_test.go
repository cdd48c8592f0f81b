package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/options"
)

// A default that the reference shows must be the one that the build uses: a
// configuration that spells every default out changes nothing. The site has
// files around the limits, of sizes between powers of 1000 and of 1024.
func TestDefaultsInTheReferenceAreThoseOfTheBuild(t *testing.T) {
	noise := make([]byte, 12<<20)
	for i := range noise {
		noise[i] = byte(i * i >> 7)
	}
	site := fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>Home</title>")}}
	for i, size := range []int{4_999_999, 5_000_000, 5_000_001, 5_100_000, 5 << 20, 5<<20 + 1} {
		site[fmt.Sprintf("%d.bin", i)] = &fstest.MapFile{Data: noise[i : i+size]}
	}
	full := fstest.MapFS{"index.html": site["index.html"]}
	for i := range 13 { // 50.7 MB: between 50 MB and 50 MiB
		full[fmt.Sprintf("%d.bin", i)] = &fstest.MapFile{Data: noise[i*1000 : i*1000+3_900_000]}
	}
	for name, files := range map[string]fs.FS{"single": site, "total": full} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(outputs(t, files), outputs(t, files, spelledOut()...)); diff != "" {
				t.Errorf("a default in a tag is not the one in use (-used +told):\n%s", diff)
			}
		})
	}
	for _, update := range []string{"--update=prompt"} {
		if diff := cmp.Diff(outputs(t, site, update), outputs(t, site, append(spelledOut(), update)...)); diff != "" {
			t.Errorf("with %s:\n%s", update, diff)
		}
	}
}

// spelledOut are flags for every option that has a default value.
func spelledOut() (args []string) {
	var add func([]options.Option)
	add = func(list []options.Option) {
		for _, o := range list {
			if o.Kind == options.Group {
				add(o.Fields)
			} else if o.Default != "" && o.Flag() != "" {
				args = append(args, "--"+o.Flag()+"="+o.Default)
			}
		}
	}
	add(options.All())
	return args
}

// outputs are what a build would write, by path, with its findings.
func outputs(t *testing.T, site fs.FS, args ...string) map[string]string {
	t.Helper()
	result := make(map[string]string)
	a, run := fake(append([]string{t.TempDir(), "-n"}, args...)...)
	a.build = func(ctx context.Context, _ fs.FS, config swgen.Config) (*swgen.Result, error) {
		built, err := swgen.Build(ctx, site, config)
		if err != nil {
			return nil, err
		}
		result["findings"] = fmt.Sprint(built.Findings)
		for _, o := range built.Outputs {
			content, err := o.Content()
			if err != nil {
				return nil, err
			}
			result[o.Path] = string(bytes.TrimSpace(content))
		}
		return built, nil
	}
	if code, _, stderr := run(); code == exitUsage || code == exitFailure {
		t.Fatal(stderr)
	}
	return result
}
