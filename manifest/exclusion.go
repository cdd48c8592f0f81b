package manifest

// Exclusion is a rule with what it kept out of the precache.
type Exclusion struct {
	// Rule is the pattern or the name of the rule.
	Rule string `json:"rule"`
	// Reason says why the rule exists; "" for a pattern of the configuration.
	Reason string `json:"reason,omitempty"`
	// Files is how many files it kept out. A directory that was not entered
	// counts as one.
	Files int `json:"files"`
	// Example is the first of them in the order of names.
	Example string `json:"example"`
}
