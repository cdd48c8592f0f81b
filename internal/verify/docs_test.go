package verify_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/swgen/swgen/internal/verify"
	"github.com/swgen/swgen/strategies"
)

// TestTheDocumentationNamesEveryLaw holds what docs/laws.md takes from the code
// against it: code, name, sentence, remedy and mutants of every law, and the
// promise tables. The rest of each section is written by hand.
func TestTheDocumentationNamesEveryLaw(t *testing.T) {
	content, err := os.ReadFile("../../docs/laws.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := strings.Split(string(content), "\n## ")[2:] // without the introduction
	laws := append(verify.Laws(), verify.ChaosLaw)
	if len(sections) != len(laws) {
		t.Fatalf("docs/laws.md has %d sections on laws, and there are %d laws", len(sections), len(laws))
	}
	for i, law := range laws {
		section := "## " + strings.TrimRight(sections[i], "\n") + "\n"
		if want := lawHead(law); !strings.HasPrefix(section, want) {
			t.Errorf("the section of %s must begin with\n%s", law.Code, want)
		}
		if want := lawFoot(law); !strings.HasSuffix(section, want) {
			t.Errorf("the section of %s must end with\n%s", law.Code, want)
		}
		for _, part := range []string{"- **Played:** ", "- **Expected:** "} {
			if !strings.Contains(section, part) {
				t.Errorf("the section of %s has no %q", law.Code, part)
			}
		}
		if law.Code == "W13" && !strings.Contains(section, promises()) {
			t.Errorf("the section of W13 must hold\n%s", promises())
		}
	}
	if rows := regexp.MustCompile(`(?m)^\| (yes|no) \|`).FindAll(content, -1); len(rows) != strings.Count(promises(), "\n| yes |")+strings.Count(promises(), "\n| no |") {
		t.Errorf("docs/laws.md has %d rows of promises", len(rows))
	}
}

// TestTheTablesAreWhereRemediesSayThatTheyAre follows the one remedy that
// sends its reader to docs/laws.md.
func TestTheTablesAreWhereRemediesSayThatTheyAre(t *testing.T) {
	for _, law := range verify.Laws() {
		if refers := strings.Contains(verify.Remedy(law), "the table of the strategy in docs/laws.md"); refers != (law.Code == "W13") {
			t.Errorf("the remedy of %s: %s", law.Code, verify.Remedy(law))
		}
	}
}

// TestTheDocumentationNamesEverySetupCheck holds the table of the set-up against
// the code, and the tests against it: each check has a site that it finds.
func TestTheDocumentationNamesEverySetupCheck(t *testing.T) {
	content, err := os.ReadFile("../../docs/laws.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(content), "\n### The set-up\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var table strings.Builder
	for _, row := range verify.SetupRows() {
		table.WriteString(row.Row)
		if !slices.ContainsFunc(slices.Concat(deployed, madeSites), func(c setupCase) bool { return strings.Contains(c.want, " "+row.ID+" ") }) {
			t.Errorf("no site has %s", row.ID)
		}
	}
	if !strings.Contains(section, "|---|---|---|\n"+table.String()+"\n") {
		t.Errorf("docs/laws.md must have the table\n%s", &table)
	}
}

func lawHead(law verify.Law) string {
	title := law.Code + " " + law.Name
	if law.Code == law.Name {
		title = law.Name
	}
	return fmt.Sprintf("## %s\n\n> %s\n\n", title, law.Sentence)
}

func lawFoot(law verify.Law) string {
	if verify.Remedy(law) == "" {
		return "" // what to do depends on the run
	}
	var s strings.Builder
	fmt.Fprintf(&s, "\n**Remedy:** %s.\n\n**Broken on purpose:**\n\n", verify.Remedy(law))
	for _, m := range mutants {
		if m.law == law.Code {
			fmt.Fprintf(&s, "- %s\n", m.what)
		}
	}
	return s.String()
}

// promises are the tables of all strategies.
func promises() string {
	var s strings.Builder
	say := map[bool]string{true: "yes", false: "no"}
	for _, strategy := range strategies.All() {
		fmt.Fprintf(&s, "`%s`: %s\n\n| cached | network | answer | network asked | answer stored |\n|---|---|---|---|---|\n", strategy.Name, strategy.Summary)
		for _, p := range strategy.Promises {
			fmt.Fprintf(&s, "| %s | %s | %s | %s | %s |\n", say[p.Cached], p.Network, p.Answer, say[p.Asked], say[p.Stored])
		}
		s.WriteString("\n")
	}
	return strings.TrimSuffix(s.String(), "\n")
}
