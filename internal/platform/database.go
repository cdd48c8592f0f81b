package platform

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/swgen/swgen/internal/jsvm"
)

// Databases is what the transactions of IndexedDB committed, for one origin.
// It does not know what the entries mean: src/indexeddb.ts does.
type Databases struct {
	saves  int
	byName map[string]*database
}

type database struct {
	save    int
	entries map[string]string
}

// NewDatabases makes the databases of an origin: none.
func NewDatabases() *Databases { return &Databases{byName: make(map[string]*database)} }

// Clone is a copy that shares nothing.
func (d *Databases) Clone() *Databases {
	c := &Databases{saves: d.saves, byName: make(map[string]*database, len(d.byName))}
	for name, one := range d.byName {
		c.byName[name] = &database{one.save, maps.Clone(one.entries)}
	}
	return c
}

// Usage is how many bytes the databases hold.
func (d *Databases) Usage() (n int64) {
	for name, one := range d.byName {
		n += int64(len(name))
		for key, value := range one.entries {
			n += int64(len(key) + len(value))
		}
	}
	return n
}

// growth is how many bytes store would add.
func (d *Databases) growth(name string, replace bool, entries [][2]*string) (n int64) {
	one := d.byName[name]
	if one == nil {
		one = new(database)
	}
	for _, e := range entries {
		if e[1] != nil {
			n += int64(len(*e[0]) + len(*e[1]))
		}
		if old, stored := one.entries[*e[0]]; stored && !replace {
			n -= int64(len(*e[0]) + len(old))
		}
	}
	if replace {
		for key, value := range one.entries {
			n -= int64(len(key) + len(value))
		}
	}
	return n
}

// admit says whether the origin may store so much more.
func (r *Realm) admit(growth int64) error {
	usage, quota := r.Outside.Storage()
	if quota == 0 || growth <= 0 || usage+growth <= quota {
		return nil
	}
	return &Exception{Name: "QuotaExceededError", Message: fmt.Sprintf("quota exceeded: %d bytes in use, %d more wanted, %d allowed", usage, growth, quota)}
}

func (d *Databases) store(name string, replace bool, entries [][2]*string) int {
	one := d.byName[name]
	if one == nil || replace {
		one = &database{entries: make(map[string]string)}
		d.byName[name] = one
	}
	for _, e := range entries {
		if e[1] == nil {
			delete(one.entries, *e[0])
		} else {
			one.entries[*e[0]] = *e[1]
		}
	}
	d.saves++
	one.save = d.saves
	if replace && len(entries) == 0 {
		delete(d.byName, name)
	}
	return d.saves
}

func (r *Realm) databaseFunctions(add func(string, function)) {
	add("databases", func(arguments) (any, error) {
		d, err := r.Outside.Databases()
		if err != nil {
			return nil, err
		}
		list := [][2]any{}
		for _, name := range slices.Sorted(maps.Keys(d.byName)) {
			list = append(list, [2]any{name, d.byName[name].save})
		}
		return list, nil
	})
	add("databaseLoad", func(a arguments) (any, error) {
		d, err := r.Outside.Databases()
		if err != nil {
			return nil, err
		}
		list := [][2]string{}
		if one := d.byName[a.string(0)]; one != nil {
			for _, key := range slices.Sorted(maps.Keys(one.entries)) {
				list = append(list, [2]string{key, one.entries[key]})
			}
		}
		return list, nil
	})
	add("databaseSave", func(a arguments) (any, error) {
		save, err := r.saveDatabase(a.string(0), a.bool(1), a.json(2))
		if err != nil {
			r.refuse("databaseSave", a.string(0), err)
			return nil, err
		}
		return save, nil
	})
}

// saveDatabase stores what a transaction has changed.
func (r *Realm) saveDatabase(name string, replace bool, changes jsvm.JSON) (save int, err error) {
	d, err := r.Outside.Databases()
	if err != nil {
		return 0, err
	}
	if err := r.point("databaseSave", name); err != nil {
		return 0, err
	}
	var entries [][2]*string
	if err := json.Unmarshal(changes, &entries); err != nil {
		return 0, err
	}
	if err := r.admit(d.growth(name, replace, entries)); err != nil {
		return 0, err
	}
	return d.store(name, replace, entries), nil
}
