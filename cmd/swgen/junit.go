package main

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/swgen/swgen"
)

// The parts of the JUnit XML format that CI systems read: one suite, one case
// a law.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Skipped *junitSkipped `xml:"skipped"`
	Failure *junitFailure `xml:"failure"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (r *judgement) junit() []byte {
	suite := junitSuite{Name: "swgen verify " + r.Site, Time: seconds(float64(r.Milliseconds) / 1000)}
	if r.Report != nil {
		for _, law := range r.Report.Verdicts {
			c := junitCase{Class: "swgen." + r.Worker, Name: law.Code + " " + law.Name, Time: seconds(law.Took.Seconds())}
			switch {
			case len(law.Findings) > 0:
				suite.Failures++
				c.Failure = failure(law.Sentence, law.Findings)
			case law.Skipped != "":
				suite.Skipped++
				c.Skipped = &junitSkipped{law.Skipped}
			}
			suite.Cases = append(suite.Cases, c)
		}
	}
	suite.Tests = len(suite.Cases)
	text, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		panic(err) // its types cannot fail
	}
	return append([]byte(xml.Header), append(text, '\n')...)
}

func failure(sentence string, findings []swgen.Finding) *junitFailure {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintln(&b, f)
		if f.Hint != "" {
			fmt.Fprintln(&b, "  "+f.Hint)
		}
		for _, line := range f.Trace {
			fmt.Fprintln(&b, "  | "+line)
		}
	}
	return &junitFailure{sentence, b.String()}
}

func seconds(s float64) string { return fmt.Sprintf("%.3f", s) }
