package platform_test

import (
	"slices"
	"testing"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/platform"
)

// keeping is a browser that keeps the databases of its realms.
type keeping struct {
	*scripted
	databases *platform.Databases
}

func (k keeping) Databases() (*platform.Databases, error) { return k.databases, nil }

// idb makes IndexedDB bearable: requests and transactions as promises.
const idb = `
	const done = request => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error) })
	const complete = tx => new Promise((resolve, reject) => { tx.oncomplete = () => resolve("complete"); tx.onabort = () => reject(tx.error ?? new Error("aborted")) })
	const open = (name, version, upgrade) => { const request = indexedDB.open(name, version); request.onupgradeneeded = e => upgrade?.(request.result, request.transaction, e); return done(request) }
	const shop = () => open("shop", 1, db => { db.createObjectStore("books", { keyPath: "id" }).createIndex("by title", "title"); db.createObjectStore("log", { autoIncrement: true }) })
	const write = (db, stores, f) => { const tx = db.transaction(stores, "readwrite"); f(...[stores].flat().map(name => tx.objectStore(name))); return complete(tx) }
	const read = (db, store, f = s => s.getAll()) => done(f(db.transaction(store).objectStore(store)))
`

// realmOn makes a realm on databases that other realms use as well.
func realmOn(t *testing.T, databases *platform.Databases) *scripted {
	t.Helper()
	return realmIn(t, func(s *scripted) platform.Outside { return keeping{s, databases} })
}

func realmIn(t *testing.T, outside func(*scripted) platform.Outside) *scripted {
	t.Helper()
	s := &scripted{t: t, loop: eventloop.New(time.Unix(1e9, 0)), answers: itself(nil)}
	realm, err := platform.New(platform.Options{
		Kind: platform.ServiceWorker, URL: scriptURL, Loop: s.loop, Outside: outside(s), Exchange: platform.NewExchange(s.loop), Secure: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(realm.Close)
	s.realm = realm
	s.run(idb)
	return s
}

func TestWhatWasCommittedOutlivesTheRealm(t *testing.T) {
	databases := platform.NewDatabases()
	s := realmOn(t, databases)
	s.expectValue(`shop().then(db => write(db, ["books", "log"], (books, log) => {
			books.put({ id: "b", title: "Zen" }); books.put({ id: "a", title: "Art" }); books.put({ id: "\ud800", title: 1 }); books.delete("b"); books.put({ id: "b", title: "Motor" })
			log.add("first"); log.add(new Map([[1, new Date(5)]])); log.add(new Blob(["bytes"], { type: "x/y" })) }))`,
		`"complete"`)
	s.realm.Close()

	s = realmOn(t, databases)
	s.run(`const db = shop()`)
	s.expectValue(`db.then(db => [db.version, [...db.objectStoreNames]])`, `[1,["books","log"]]`)
	s.expectValue(`db.then(db => read(db, "books"))`, `[{"id":"a","title":"Art"},{"id":"b","title":"Motor"},{"id":"\ud800","title":1}]`)
	s.expectValue(`db.then(db => read(db, "books", s => s.index("by title").getAllKeys()))`, `["\ud800","a","b"]`)
	s.expectValue(`db.then(db => read(db, "log")).then(async ([a, b, c]) => [a, b.get(1) instanceof Date, c.type, await c.text()])`, `["first",true,"x/y","bytes"]`)
	// The key generator goes on where it was.
	s.expectValue(`db.then(async db => { await write(db, "log", log => log.add("fourth")); return read(db, "log", s => s.getAllKeys()) })`, `[1,2,3,4]`)
	s.expectValue(`indexedDB.databases()`, `[{"name":"shop","version":1}]`)
}

func TestAWorkerKilledInATransactionLeavesNothingOfIt(t *testing.T) {
	databases := platform.NewDatabases()
	s := realmOn(t, databases)
	_, err := s.realm.Run(scriptURL, `
		shop().then(async db => {
			await write(db, "books", books => books.put({ id: 1, title: "kept" }))
			const tx = db.transaction("books", "readwrite")
			const books = tx.objectStore("books")
			await done(books.put({ id: 1, title: "lost" }))
			await done(books.put({ id: 2, title: "lost" }))
			console.log("killed here")
			for (;;) await done(books.get(1)) // so that it stays open
		})`)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.loop.Run(time.Second, func() bool { return slices.Contains(s.log, "log killed here") }); err != nil {
		t.Fatal(err)
	}
	s.realm.Close()
	s = realmOn(t, databases)
	s.expectValue(`shop().then(db => read(db, "books"))`, `[{"id":1,"title":"kept"}]`)
}

func TestAnAbortedTransactionIsUndone(t *testing.T) {
	databases := platform.NewDatabases()
	s := realmOn(t, databases)
	s.run(`const db = shop()`)
	s.expectValue(`db.then(db => write(db, "books", books => { books.put({ id: 1 }); books.transaction.abort() }))`, `false Error: aborted`)
	s.expectValue(`db.then(db => write(db, "books", books => { books.add({ id: 2 }); books.add({ id: 2 }) }))`,
		`true ConstraintError: `)
	s.expectValue(`db.then(db => write(db, "books", books => books.add({ id: 3 })))`, `"complete"`)
	for range 2 {
		s.expectValue(`shop().then(db => read(db, "books"))`, `[{"id":3}]`)
		s.realm.Close()
		s = realmOn(t, databases)
	}
	s.expectValue(`open("shop", 2, (db, tx) => { db.createObjectStore("more"); db.deleteObjectStore("books"); tx.abort() }).catch(e => e.name)`, `"AbortError"`)
	s.expectValue(`open("new", 1, (db, tx) => { db.createObjectStore("x"); throw new Error("no") }).catch(e => e.name)`, `"AbortError"`)
	s.realm.Close()
	s = realmOn(t, databases)
	s.expectValue(`indexedDB.databases()`, `[{"name":"shop","version":1}]`)
	s.expectValue(`shop().then(db => [[...db.objectStoreNames], db.version])`, `[["books","log"],1]`)
}

func TestUpgradesAndDeletionsAreKept(t *testing.T) {
	databases := platform.NewDatabases()
	s := realmOn(t, databases)
	s.expectValue(`shop().then(async db => { await write(db, "books", books => books.put({ id: 1, title: "t" })); db.close()
			const next = await open("shop", 2, (db, tx) => { db.deleteObjectStore("log"); tx.objectStore("books").name = "volumes"; tx.objectStore("volumes").createIndex("ids", ["id", "title"], { unique: true }) })
			return [...next.objectStoreNames] })`,
		`["volumes"]`)
	s.expectValue(`open("other", 7).then(db => db.version)`, `7`)
	s.realm.Close()
	s = realmOn(t, databases)
	s.expectValue(`open("shop").then(async db => { const [key] = await read(db, "volumes", s => s.index("ids").getAllKeys()); db.close(); return [db.version, key] })`, `[2,1]`)
	s.expectValue(`open("shop", 1)`, `true VersionError: The requested version is less than the existing version.`)
	s.expectValue(`done(indexedDB.deleteDatabase("shop")).then(String)`, `"undefined"`)
	s.realm.Close()
	s = realmOn(t, databases)
	s.expectValue(`indexedDB.databases()`, `[{"name":"other","version":7}]`)
	if databases.Usage() == 0 {
		t.Error("a kept database has no size")
	}
}

func TestRealmsSeeWhatOthersCommitted(t *testing.T) {
	databases := platform.NewDatabases()
	page, worker := realmOn(t, databases), realmOn(t, databases)
	for _, s := range []*scripted{page, worker} {
		s.run(`let db; shop().then(opened => { db = opened; db.onclose = () => console.log("closed by force") })`)
	}
	page.expectValue(`write(db, ["books", "log"], (books, log) => { books.put({ id: 1, title: "page" }); log.add("page") })`, `"complete"`)
	worker.expectValue(`read(db, "books")`, `[{"id":1,"title":"page"}]`)
	worker.expectValue(`write(db, ["books", "log"], (books, log) => { books.put({ id: 2, title: "worker" }); log.add("worker") })`, `"complete"`)
	page.expectValue(`read(db, "log")`, `["page","worker"]`)
	page.expectValue(`read(db, "books", s => s.index("by title").getAllKeys("worker"))`, `[2]`)

	worker.expectValue(`(db.close(), open("shop", 2, db => db.createObjectStore("new")).then(db => db.version))`, `2`)
	page.took()
	page.run(`try { db.transaction("books").onabort = e => console.log("aborted", e.target.error.name) } catch (e) { console.log(e.name) }`)
	page.expect("log aborted AbortError", "log closed by force")
	page.expectValue(`open("shop").then(db => [db.version, [...db.objectStoreNames]])`, `[2,["books","log","new"]]`)
}

func TestWhatAnotherRealmCommittedMeanwhileIsNotLost(t *testing.T) {
	databases := platform.NewDatabases()
	page, worker := realmOn(t, databases), realmOn(t, databases)
	page.run(`let db; shop().then(opened => db = opened)`)
	_, err := page.realm.Run(scriptURL, `{
		const tx = db.transaction("books", "readwrite")
		done(tx.objectStore("books").put({ id: 1 })).then(() => { console.log("written"); tx.objectStore("books").put({ id: 2 }) })
	}`)
	if err != nil {
		t.Fatal(err)
	}
	if err := page.loop.Run(time.Second, func() bool { return slices.Contains(page.log, "log written") }); err != nil {
		t.Fatal(err)
	}
	worker.expectValue(`shop().then(db => write(db, "books", books => books.put({ id: 3 })))`, `"complete"`)
	page.loop.Advance(time.Second)
	for _, s := range []*scripted{page, worker} {
		s.expectValue(`shop().then(db => read(db, "books", s => s.getAllKeys()))`, `[1,2,3]`)
	}
}

func TestTransactionsAreActiveOnlyWhileTheyShould(t *testing.T) {
	s := realmOn(t, platform.NewDatabases())
	s.run(`const db = shop()`)
	s.expectValue(`db.then(async db => { const store = db.transaction("books", "readwrite").objectStore("books")
			await done(store.put({ id: 1 })); await null; await done(store.put({ id: 2 }))
			await new Promise(resolve => setTimeout(resolve)); store.put({ id: 3 }) })`,
		`true TransactionInactiveError: The transaction is inactive or finished.`)
	s.expectValue(`db.then(db => read(db, "books"))`, `[{"id":1},{"id":2}]`)
	// One that has to wait for another is inactive as well after the task that made it.
	s.expectValue(`db.then(db => { const [first, second] = [1, 2].map(() => db.transaction("books", "readwrite").objectStore("books"))
			first.put({ id: 4 }); second.put({ id: 5 })
			return new Promise((resolve, reject) => setTimeout(() => { try { resolve(second.put({ id: 6 })) } catch (e) { reject(e) } })) })`,
		`true TransactionInactiveError: The transaction is inactive or finished.`)
}

func TestEventsOfRequestsTakeTheirWay(t *testing.T) {
	s := realmOn(t, platform.NewDatabases())
	s.run(`
		addEventListener("error", e => { console.log("reported", e.error.message); e.preventDefault() })
		shop().then(db => {
			const tx = db.transaction("books", "readwrite")
			db.addEventListener("error", e => console.log("database", e.eventPhase, e.target.error.name))
			tx.addEventListener("error", e => console.log("transaction", e.eventPhase, e instanceof Event, e.isTrusted))
			tx.addEventListener("error", e => console.log("captured", e.composedPath().length), true)
			tx.objectStore("books").add({ id: 1 })
			tx.objectStore("books").add({ id: 1 }).onerror = e => { console.log("request", e.eventPhase); e.preventDefault() }
			tx.oncomplete = () => { console.log("complete"); db.transaction("books").objectStore("books").get(1).onsuccess = () => { throw new Error("mine") } }
			db.onabort = e => console.log("aborted", e.target.error.name)
		})`)
	s.expect("log captured 3", "log request 2", "log transaction 3 true true", "log database 3 ConstraintError", "log complete", "log reported mine", "log aborted AbortError")
	s.expectValue(`[indexedDB.open("x") instanceof EventTarget, indexedDB.open("x") instanceof IDBOpenDBRequest, IDBKeyRange.only(1) instanceof IDBKeyRange, IDBRequest.name]`, `[true,true,true,"IDBRequest"]`)
	s.expectValue(`new IDBDatabase`, `false TypeError: Illegal constructor`)
}

// An origin without storage: private browsing, or a browser out of order.
func TestWhereNothingIsKeptRequestsFail(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), idb)
	s.expectValue(`indexedDB.open("shop")`, `false TypeError: there is nothing here`)
	s.expectValue(`indexedDB.deleteDatabase("shop")`, `false TypeError: there is nothing here`)
	s.expectValue(`indexedDB.databases()`, `false TypeError: there is nothing here`)
}

// full is a browser whose storage is full.
type full struct{ keeping }

func (full) Point(operation, _ string) error {
	if operation == "databaseSave" {
		return &platform.Exception{Name: "QuotaExceededError", Message: "the storage is full"}
	}
	return nil
}

func TestATransactionThatCannotBeKeptIsAborted(t *testing.T) {
	databases := platform.NewDatabases()
	s := realmOn(t, databases)
	s.expectValue(`shop().then(db => write(db, "log", log => log.add("kept")))`, `"complete"`)
	s.realm.Close()
	s = realmIn(t, func(s *scripted) platform.Outside { return full{keeping{s, databases}} })
	s.run(`const db = shop()`)
	s.expectValue(`db.then(db => write(db, "log", log => log.add("lost")))`, `true QuotaExceededError: `)
	s.expectValue(`db.then(db => read(db, "log"))`, `["kept"]`)
}
