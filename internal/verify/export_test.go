package verify

import "fmt"

// What docs/laws.md tells of a law beside what everyone may know.
var (
	ChaosLaw = chaosLaw
	Remedy   = func(l Law) string { return l.remedy }
)

// SetupRow is a set-up check as a row of the table in docs/laws.md.
type SetupRow struct{ ID, Row string }

// SetupRows are all set-up checks.
func SetupRows() (rows []SetupRow) {
	for _, c := range setupChecks {
		rows = append(rows, SetupRow{c.id, fmt.Sprintf("| `%s` | %s | %s |\n", c.id, c.meaning, c.remedy)})
	}
	return rows
}
