package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/options"
)

// verifying are the flags of verify.
type verifying struct {
	common
	before, junit, html string
	laws                []string
	chaos               int
	seed                uint64
	module              bool
	limit               time.Duration
	timeout             time.Duration
}

func verifyCommand(a *app) *cobra.Command {
	v := &verifying{}
	cmd := &cobra.Command{
		Use:   "verify DIR",
		Short: "Hold the worker of a site to its promises, offline and without a browser",
		Long: `Install, update, kill and question the worker of a site in the bundled test
runtime, and say which of its promises it keeps. The worker may be anybody's:
what swgen did not make is judged by what it does.

The next deploy is made up from the site, or played from a copy of what
visitors have now: swgen verify public --before deployed`,
		Args:              oneDirectory,
		ValidArgsFunction: directories,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&v.before, "before", "", "play the deploy from `DIR`, a copy of the site as it is deployed now")
	flags.StringSliceVar(&v.laws, "law", nil, "check only the laws with these `CODES`, such as W4,W6")
	flags.IntVar(&v.chaos, "chaos", 0, "add `N` deploys in which requests, storage and the worker fail at random")
	flags.Uint64Var(&v.seed, "seed", 1, "`NUMBER` that chooses what looks random")
	flags.BoolVar(&v.module, "module", false, "the worker is a module")
	flags.DurationVar(&v.limit, "limit", 10*time.Second, "the longest `TIME` that a script may run without a pause")
	flags.DurationVar(&v.timeout, "timeout", 10*time.Minute, "the longest `TIME` that all of it may take")
	flags.BoolVar(&v.json, "json", false, "print the result as JSON")
	flags.StringVar(&v.junit, "junit", "", "write the result as JUnit XML into `FILE`")
	flags.StringVar(&v.html, "report", "", "write the result as an HTML report into `FILE`")
	v.addTo(cmd)
	cmd.RegisterFlagCompletionFunc("law", cobra.FixedCompletions(lawCodes(), cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return v.run(cmd.Context(), a, args[0]) }
	return cmd
}

func lawCodes() []cobra.Completion {
	var codes []cobra.Completion
	for _, l := range swgen.Laws() {
		codes = append(codes, cobra.CompletionWithDesc(l.Code, l.Name))
	}
	return codes
}

func (v *verifying) check() error {
	for i, code := range v.laws {
		v.laws[i] = strings.ToUpper(strings.TrimSpace(code))
		if !slices.ContainsFunc(swgen.Laws(), func(l swgen.Law) bool { return l.Code == v.laws[i] }) {
			return &usageError{"no law is called " + code, "the laws are W1 to W16; docs/laws.md describes them"}
		}
	}
	if v.chaos < 0 || v.limit <= 0 || v.timeout <= 0 {
		return &usageError{"--chaos, --limit and --timeout cannot be negative", ""}
	}
	return nil
}

func (v *verifying) run(ctx context.Context, a *app, dir string) error {
	start := a.now()
	if err := v.check(); err != nil {
		return err
	}
	if a.getenv(childVariable) == "" {
		return a.inChild(ctx, v.timeout)
	}
	// Many browsers hold the site at a time: on 95 MB of documentation, to
	// collect garbage often costs 1 % of the time and saves a fifth of the memory.
	debug.SetGCPercent(50)
	loaded, site, err := v.open(a, dir)
	if err != nil {
		return err
	}
	if v.html != "" {
		if err := outsideOf(site, v.html); err != nil {
			return err
		}
	}
	var before fs.FS
	if v.before != "" {
		was, err := openSite(v.before)
		if err != nil {
			return err
		}
		before = was.files
	}
	r, err := v.judge(ctx, a, site, loaded, before)
	if err != nil {
		return err
	}
	r.Milliseconds = a.now().Sub(start).Round(time.Millisecond).Milliseconds()
	if v.junit != "" {
		if err := writeJUnit(v.junit, r); err != nil {
			return err
		}
	}
	if v.html != "" {
		if err := writeReport(ctx, v.html, r); err != nil {
			return err
		}
	}
	return v.tell(a, r)
}

// judgement is a verification as people and programs read it.
type judgement struct {
	Site string `json:"site"`
	// Worker is the worker's path, Subject what it is.
	Worker       string          `json:"worker"`
	Subject      string          `json:"subject"`
	Failed       bool            `json:"failed"`
	Report       *swgen.Report   `json:"report"`
	Findings     []swgen.Finding `json:"findings"`
	Milliseconds int64           `json:"milliseconds"`

	found   swgen.Found
	version string // of the content that the worker has, "" when that is not known
}

// judge verifies what the site holds, or what a build would write into it.
func (v *verifying) judge(ctx context.Context, a *app, site *site, loaded *options.Loaded, before fs.FS) (*judgement, error) {
	result, err := a.build(ctx, site.files, loaded.Config)
	if err != nil {
		return nil, err
	}
	r := &judgement{Site: site.given, Worker: loaded.Config.Worker, found: result.Found}
	if r.Worker == "" {
		r.Worker = options.DefaultOf("worker")
	}
	o := swgen.VerifyOptions{Laws: v.laws, Chaos: v.chaos, Seed: v.seed, Turn: v.limit, Pages: len(v.laws) == 0}
	deployed, err := result.Deployed(site.files)
	if err != nil {
		return nil, err
	}
	r.Findings = append(r.Findings, loaded.Findings...)
	switch {
	case deployed == swgen.UpToDate, deployed == swgen.NotDeployed && !result.Failed(loaded.Config.Strict):
		r.Subject = "as swgen builds it"
		if deployed == swgen.NotDeployed {
			r.Subject = "as swgen would build it; the site has no worker yet"
		}
		r.version = result.Manifest.Version
		r.Report, err = swgen.Verify(ctx, site.files, result, before, o)
	case deployed == swgen.NotDeployed:
		r.Findings = append(r.Findings, result.Findings...)
	default:
		r.Subject = "not made by swgen"
		if deployed == swgen.Stale {
			r.Subject = "made by swgen, but not from this site and configuration"
			r.Findings = append(r.Findings, swgen.Finding{
				ID: "stale-worker", Severity: finding.Warning, Path: r.Worker,
				Message: "the worker is not the one that swgen builds from this site now", Hint: "run swgen " + site.given + " after the site's generator",
			})
		}
		r.Report, err = swgen.VerifyDeployed(ctx, site.files, loaded.Config, v.module, before, o)
	}
	if err != nil {
		return nil, err
	}
	if r.Report != nil {
		r.Findings = append(r.Findings, r.Report.Findings()...)
	}
	r.Failed = finding.Failed(r.Findings, loaded.Config.Strict)
	return r, nil
}

func (v *verifying) tell(a *app, r *judgement) error {
	var err error
	if v.json {
		err = a.print(encode(r))
	} else {
		v.tellFindings(a.stderr, v.paint(a, a.talk), r.Findings)
		if !v.quiet && r.Report != nil {
			err = a.print(r.text(v.paint(a, a.terminal), v.verbose))
		}
	}
	if err == nil && r.Failed {
		return errFindings
	}
	return err
}

// text is one line a law.
func (r *judgement) text(paint painter, verbose bool) string {
	t := &lines{paint: paint}
	t.add("site", r.Site)
	t.add("worker", r.Worker+", "+r.Subject)
	kept, broken, checks := 0, 0, 0
	for _, law := range r.Report.Verdicts {
		checks += law.Checks
		var word string
		switch {
		case len(law.Findings) > 0:
			broken++
			word = paint.in(red, "BROKEN")
		case law.Skipped != "":
			word = paint.in(dim, "-     ")
		default:
			kept++
			word = paint.in(green, "kept  ")
		}
		detail := count(law.Checks, "check")
		if law.Skipped != "" {
			detail = law.Skipped
		}
		fmt.Fprintf(t, "%-10s %s %-32s %s\n", law.Code, word, law.Name, paint.in(dim, detail))
		if verbose {
			fmt.Fprintf(t, "%-10s        %s\n", "", law.Sentence)
		}
	}
	if p := r.Report.Pages; p != nil {
		t.add("pages", pagesText(p))
	}
	if v := r.Report.Inventory; v != nil {
		t.totals(v, verbose)
	}
	verdict := fmt.Sprintf("%s kept, %s, %s", count(kept, "promise"), count(checks, "check"), count(r.Report.Precached, "URL")+" offline")
	if broken > 0 {
		verdict = fmt.Sprintf("%s broken, %s", count(broken, "promise"), verdict)
	}
	t.add("result", fmt.Sprintf("%s, in %d ms", verdict, r.Milliseconds))
	return t.String()
}

// pagesText says how many pages have which fate.
func pagesText(p *swgen.Pages) string {
	if len(p.List) == 0 {
		return ""
	}
	text := fmt.Sprintf("%d of %d work offline", p.Count[swgen.Works], len(p.List))
	for _, fate := range []swgen.Fate{swgen.Degraded, swgen.NeedsNetwork, swgen.Broken} {
		if n := p.Count[fate]; n > 0 {
			word := string(fate)
			if n > 1 {
				word = strings.Replace(word, "needs", "need", 1)
			}
			text += fmt.Sprintf(", %d %s", n, word)
		}
	}
	return fmt.Sprintf("%s (%d %%)", text, 100*p.Count[swgen.Works]/len(p.List))
}

// writeJUnit writes the result for CI systems that show test reports.
func writeJUnit(name string, r *judgement) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return os.WriteFile(name, r.junit(), 0o666)
}
