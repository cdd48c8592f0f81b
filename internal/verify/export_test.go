package verify

// What docs/laws.md tells of a law beside what everyone may know.
var (
	ChaosLaw = chaosLaw
	Remedy   = func(l Law) string { return l.remedy }
)
