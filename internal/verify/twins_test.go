package verify_test

import (
	"testing"

	"github.com/swgen/swgen/internal/verify"
)

// TestTwinsBreakNoPromise has the first file of each kind be a copy: the worker
// stores it without asking for it under that name.
func TestTwinsBreakNoPromise(t *testing.T) {
	site := smallSite()
	for copied, of := range map[string]string{"0/a.html": "notes.html", "0/a.css": "style.css", "0/a.js": "app.js", "0/a.json": "data.json"} {
		site[copied] = site[of]
	}
	report, err := verify.Run(t.Context(), subject(t, site, making{spec: usual()}), verify.Options{Laws: []string{"W1", "W2", "W3", "W4"}, Moments: 4})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings() {
		t.Errorf("%s %s", f.Law, f)
	}
}
