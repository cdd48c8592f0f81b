package main

import (
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestPlaceholdersKeepPathsWithSpacesInOneArgument(t *testing.T) {
	got := expand([]string{"{swgen}", "--out={out}", "{site}"}, "{swgen}", "/a b/swgen", "{out}", "/o p", "{site}", "/s")
	if want := []string{"/a b/swgen", "--out=/o p", "/s"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRatiosAreTakenRoundByRound(t *testing.T) {
	a := &sample{runs: []cost{{cpu: 10 * time.Second}, {cpu: 40 * time.Second}}}
	b := &sample{runs: []cost{{cpu: 1 * time.Second}, {cpu: 2 * time.Second}}}
	if got := ratios(a, b, cpuSeconds); !slices.Equal(got, []float64{10, 20}) {
		t.Error(got)
	}
	if got := ratios(a, b, peakMB); got != nil {
		t.Errorf("a ratio of unknown memory: %v", got)
	}
	if got := median([]float64{3, 1, 2, 10}); got != 2.5 {
		t.Errorf("median %v", got)
	}
}

func fakeResult(files int, workbox, swgen, floor cost) *result {
	of := func(c cost) *sample { return &sample{runs: []cost{c}} }
	return &result{files: files, generateSW: of(workbox), swgen: of(swgen), floor: of(floor)}
}

func TestGateNamesEachLimitThatIsMissed(t *testing.T) {
	workbox := cost{cpu: 6 * time.Second, peak: 500e6}
	floor := cost{cpu: 250 * time.Millisecond, peak: 8e6}
	good := cost{cpu: 300 * time.Millisecond, peak: 20e6}
	if missed := fakeResult(10_000, workbox, good, floor).judge(io.Discard); len(missed) > 0 {
		t.Error(missed)
	}
	bad := cost{cpu: 500 * time.Millisecond, peak: 65e6}
	missed := fakeResult(10_000, workbox, bad, floor).judge(io.Discard)
	if len(missed) != 3 || !strings.Contains(missed[0], "want >= 15") {
		t.Errorf("%q", missed)
	}
	if missed := fakeResult(777, workbox, bad, floor).judge(io.Discard); missed != nil {
		t.Errorf("limits for 777 files: %q", missed)
	}
}

func TestGateDoesNotJudgeMemoryThatIsUnknown(t *testing.T) {
	r := fakeResult(10_000, cost{cpu: 6 * time.Second}, cost{cpu: 300 * time.Millisecond}, cost{cpu: 250 * time.Millisecond})
	var said strings.Builder
	if missed := r.judge(&said); missed != nil || !strings.Contains(said.String(), "unknown") {
		t.Errorf("%q, said %s", missed, said.String())
	}
}

func TestManifestCountsAsWhatItAddsToTheCode(t *testing.T) {
	code := strings.Repeat("code();", 100)
	p := partsOf([]byte(code+strings.Repeat("x", 1000)), []byte(code))
	if !p.known || p.manifest.raw != 1000 || p.code.raw != len(code) || p.manifest.gzip != p.whole.gzip-p.code.gzip {
		t.Errorf("%+v", p)
	}
	if p := partsOf([]byte(code), nil); p.known {
		t.Errorf("parts of a worker that nothing tells apart: %+v", p)
	}
}

func TestBrowserGateJudgesWhatWasMeasured(t *testing.T) {
	of := func(values ...float64) *racer {
		r := &racer{}
		for _, v := range values {
			r.rounds = append(r.rounds, map[metric]float64{activated: v})
		}
		return r
	}
	workbox := of(4000, 4200, 9000)
	if missed := judgeRace(io.Discard, 1000, 0, workbox, of(2000, 2000, 9000)); missed != nil {
		t.Error(missed)
	}
	missed := judgeRace(io.Discard, 1000, 20*time.Millisecond, workbox, of(2000, 2000, 9000))
	if len(missed) != 1 || !strings.Contains(missed[0], "is 2.00, want >= 3.00") {
		t.Errorf("%q", missed)
	}
	var said strings.Builder
	if missed := judgeRace(&said, 1234, 0, workbox, workbox); missed != nil || !strings.Contains(said.String(), "no limits") {
		t.Errorf("%q, said %s", missed, said.String())
	}
}

func TestDeploymentCountsTheBodiesThatAreSent(t *testing.T) {
	site := fstest.MapFS{"a.txt": {Data: []byte("four")}}
	d := newDeployment(site, []byte("worker"))
	for _, name := range []string{"a.txt", workerPath, "missing"} {
		fs.ReadFile(d, name)
	}
	if got := d.sent.Load(); got != 10 || len(site) != 1 {
		t.Errorf("%d bytes, %d files in the site", got, len(site))
	}
}
