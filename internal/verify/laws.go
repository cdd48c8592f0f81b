package verify

// installLaw is the law that also says when a worker does not install.
const installLaw = "W1"

// laws are the promises in order; docs/laws.md says how each is checked.
var laws = []Law{
	{
		Code: installLaw, Name: "install precaches",
		Sentence: "An install that succeeds has stored every critical entry with exactly the bytes of the build.",
		remedy:   "put every file into the promise that event.waitUntil gets in the install event, let it fail when one fails, and fetch with cache: \"reload\" or \"no-store\"",
		check:    installPrecaches,
	},
	{
		Code: "W2", Name: "integrity",
		Sentence: "A body that is not the build's is never stored where the policy is strict; it is asked for again past caches. A page under the URL of another file never gets in.",
		remedy:   "before a response is stored, compare its content type with what the URL is for, and its hash with the build's",
		check:    integrity,
	},
	{
		Code: "W3", Name: "failed installs cost nothing",
		Sentence: "After an install that failed the previous version serves on untouched, the next try fetches only what is still missing, and nothing is left behind for good.",
		remedy:   "keep what a new version stores apart from what the active one serves, and take it up again or remove it after a failure",
		needs:    deployable, check: failedInstall,
	},
	{
		Code: "W4", Name: "small updates",
		Sentence: "An update downloads only content that is not stored yet under whatever URL, in parallel, the most important first.",
		remedy:   "name what is stored by its content, download only names that are missing, several at a time",
		needs:    deployable, check: smallUpdate,
	},
	{
		Code: "W5", Name: "activation purges",
		Sentence: "After an activation the caches hold what the versions in use need and no more, and only the worker's own caches of this scope are touched.",
		remedy:   "in the activate event delete what no version in use needs, and only from caches whose name says that they are this scope's own",
		needs:    deployable, check: activationPurges,
	},
	{
		Code: "W6", Name: "one build a page",
		Sentence: "A page and everything that it loads come from one version, across a deploy and with several tabs open.",
		remedy:   "answer a client from the version that its page came from, and keep that version until its last page is closed",
		needs:    deployable, check: oneBuild,
	},
	{
		Code: "W7", Name: "fresh",
		Sentence: "The first navigation after an update was installed shows the new version while open tabs keep theirs; with other policies, when the visitor agrees or all tabs were closed.",
		remedy:   "call skipWaiting when the install has succeeded, and answer navigations from the active version",
		needs:    deployable, check: fresh,
	},
	{
		Code: "W8", Name: "every spelling",
		Sentence: "Every spelling of a URL works offline as the host answers it, and an unknown page gets the offline or 404 page with an honest status.",
		remedy:   "look a URL up without its query, decoded, as a directory, with index.html and with .html, and redirect where the host does",
		check:    everySpelling,
	},
	{
		Code: "W9", Name: "no redirected pages",
		Sentence: "A redirected response never answers a navigation.",
		remedy:   "make a new Response from the body of one that was redirected",
		check:    noRedirected,
	},
	{
		Code: "W10", Name: "ranges",
		Sentence: "Range requests on precached media get a right 206, or 416.",
		remedy:   "slice the stored body as RFC 9110, section 14 says",
		check:    ranges,
	},
	{
		Code: "W11", Name: "never worse",
		Sentence: "An exception, a full quota, an unavailable cache, a missing entry: the request goes to the network.",
		remedy:   "catch what fails while an answer is made, and answer with fetch(event.request)",
		check:    neverWorse,
	},
	{
		Code: "W12", Name: "hands off",
		Sentence: "Only GET over http(s) in the worker's own origin is touched, unless a route says otherwise, and nothing private or no-store is kept.",
		remedy:   "return from the fetch event without respondWith when the request is not a GET of the site's own, and look at Cache-Control before storing",
		check:    handsOff,
	},
	{
		Code: "W13", Name: "promise tables",
		Sentence: "Routes keep their strategy's promise table: cached or not, network up, down, slow or failing, which answer, what is stored.",
		remedy:   "answer and store as the table of the strategy in docs/laws.md says",
		needs:    specified, check: promiseTables,
	},
	{
		Code: "W14", Name: "the way out",
		Sentence: "The kill worker removes this worker, or another one in its place, from every visitor's browser, and only that.",
		remedy:   "delete the worker's own caches, unregister, and load the pages again that it answered",
		needs:    killable, check: wayOut,
	},
	{
		Code: "W15", Name: "small",
		Sentence: "The worker carries no code that the site's configuration does not use.",
		remedy:   "leave out the modules that the configuration does not use",
		needs:    weighable, check: small,
	},
	{
		Code: "W16", Name: "killable",
		Sentence: "The browser may stop the worker between any two events or in the middle of an install: nothing depends on memory.",
		remedy:   "keep in caches or databases what the next event needs, and let the next try take up what was interrupted",
		check:    killableAnywhere,
	},
}

// Laws lists all laws in order.
func Laws() []Law { return append([]Law(nil), laws...) }
