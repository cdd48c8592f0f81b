package platform

import (
	"encoding/json"
	"maps"
	"slices"
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
		d, err := r.Outside.Databases()
		if err != nil {
			return nil, err
		}
		if err := r.point("databaseSave", a.string(0)); err != nil {
			return nil, err
		}
		var entries [][2]*string
		if err := json.Unmarshal(a.json(2), &entries); err != nil {
			return nil, err
		}
		return d.store(a.string(0), a.bool(1), entries), nil
	})
}
