package watch

import (
	"path"
	"testing"
)

var stories = []story{{name: "files are written, renamed and removed", script: `
	= ALL
	write site/index.html hello
	= index.html
	write site/index.html again
	append site/index.html !
	= index.html
	mv site/index.html site/start.html
	= index.html start.html
	rm site/start.html
	= start.html
	=
`}, {name: "editors write beside a file and rename over it", script: `
	write site/a.html one
	= ALL
	write site/.a.html.swp two
	mv site/.a.html.swp site/a.html
	= .a.html.swp? a.html
	# the other dance: the old file is kept as a backup
	mv site/a.html site/a.html~
	write site/a.html three
	rm site/a.html~
	= a.html a.html~?
`}, {name: "a directory appears with all that is in it", script: `
	= ALL
	mkdir site/blog/2026/05
	write site/blog/2026/05/post.html hello
	= blog blog/2026 blog/2026/05 blog/2026/05/post.html
	write site/blog/2026/05/post.html again
	write site/blog/2026/index.html list
	= blog/2026/05/post.html blog/2026/index.html
`}, {name: "directories are renamed within", script: `
	mkdir site/a/b
	write site/a/b/x.html x
	= ALL
	mv site/a site/z
	= a z z/b z/b/x.html
	write site/z/b/x.html y
	= z/b/x.html
	# below one that the system did not tell of yet
	mkdir site/n
	mv site/z site/n/z
	= z n n/z n/z/b n/z/b/x.html
	write site/n/z/b/x.html z
	= n/z/b/x.html
	# and back to the name that it had first
	mv site/n/z site/a
	= n/z a a/b a/b/x.html
	write site/a/b/x.html a
	= a/b/x.html
`}, {name: "directories come from outside and leave", script: `
	mkdir out/part/deep
	write out/part/deep/x.html x
	= ALL
	mv out/part site/part
	= part part/deep part/deep/x.html
	mv site/part out/part
	= part
	write out/part/deep/x.html y
	=
`}, {name: "two directories change places", script: `
	mkdir site/a
	mkdir site/b
	write site/a/of-a.html a
	write site/b/of-b.html b
	= ALL
	mv site/a site/t
	mv site/b site/a
	mv site/t site/b
	= a a/of-b.html b b/of-a.html t?
	write site/a/of-b.html 2
	write site/b/of-a.html 2
	= a/of-b.html b/of-a.html
`}, {name: "a directory leaves for a moment", script: `
	mkdir site/a
	write site/a/x.html x
	= ALL
	mv site/a site/t
	mv site/t site/a
	= a? a/x.html? t?
	write site/a/x.html y
	= a/x.html
`}, {name: "a directory is removed and made again", script: `
	mkdir site/blog
	write site/blog/old.html old
	= ALL
	rm site/blog
	mkdir site/blog
	write site/blog/new.html new
	= blog blog/new.html
	write site/blog/new.html newer
	= blog/new.html
`}, {name: "a file and a directory take each other's place", script: `
	write site/a file
	= ALL
	rm site/a
	mkdir site/a
	write site/a/x.html x
	= a a/x.html
	rm site/a
	write site/a file
	= a
`}, {name: "everything is removed and made again", script: `
	mkdir site/blog
	write site/blog/x.html x
	= ALL
	rm site
	mkdir site/blog
	write site/blog/x.html y
	= ALL
	write site/blog/x.html z
	= blog/x.html
`, only: "notify"}, {name: "another build is moved into the place", script: `
	write site/x.html x
	mkdir new/blog
	write new/blog/y.html y
	= ALL
	mv site old
	mv new site
	= ALL
	write site/blog/y.html z
	= blog/y.html
	write old/x.html not-here
	=
`}, {name: "the directory goes and comes", script: `
	= ALL
	rm site
	= GONE
	mkdir site
	= ALL
	mv site away
	= GONE
	mv away site
	= ALL
	write site/x.html x
	= x.html
`}, {name: "the directory is a link that is switched", script: `
	rm site
	mkdir one
	mkdir two/blog
	ln one site
	= ALL
	write one/x.html x
	= x.html
	ln two next
	mv next site
	= ALL
	write two/blog/y.html y
	= blog/y.html
	write one/x.html not-here
	=
	# replaced by a directory
	rm site
	mkdir site
	= ALL
	write site/z.html z
	= z.html
`}, {name: "links that stay inside are told by their targets", script: `
	mkdir site/real
	write site/real/x.html x
	= ALL
	ln real site/alias
	ln real/x.html site/x.html
	= alias x.html
	write site/alias/x.html y
	= real/x.html
	rm site/alias
	= alias
	ln nowhere site/dangling
	= dangling
	# loops end
	ln .. site/real/up
	ln self site/self
	= real/up self
	write site/real/x.html z
	= real/x.html
	# a link in the place of a directory, and the reverse
	mkdir site/dir
	write site/dir/x.html x
	= dir dir/x.html
	rm site/dir
	ln real site/dir
	= dir dir/x.html?
	rm site/dir
	mkdir site/dir
	= dir
`}, {name: "skipped directories are not looked into", script: `
	mkdir site/node_modules/x
	= ALL
	write site/node_modules/x.js x
	write site/node_modules/x/y.js x
	=
	mkdir site/blog/node_modules
	= blog blog/node_modules
	write site/blog/node_modules/x.js x
	write site/blog/x.html x
	= blog/x.html
`}, {name: "only the mode changes", script: `
	write site/x.html x
	= ALL
	chmod 744 site/x.html
	=
	chmod 644 site/x.html
	=
	chmod 600 site/x.html
	= x.html
`, only: "notify"}, {name: "the size and the time of writing stay", script: `
	write site/x.html one
	age site/x.html
	= ALL
	write site/x.html two
	age site/x.html
	= x.html
	write new.html six
	age new.html
	mv new.html site/x.html
	= x.html
`}}

func TestStories(t *testing.T) {
	t.Parallel()
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) {
			t.Parallel()
			modes(t, func(t *testing.T, o Options) {
				if story.only == "notify" && o.Poll > 0 {
					return
				}
				o.Skip = func(name string) bool { return path.Base(name) == "node_modules" }
				open(t, o).play(story.script)
			})
		})
	}
}
