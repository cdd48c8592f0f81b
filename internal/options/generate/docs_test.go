package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestCommentsOfTheOptionsAreCurrent(t *testing.T) {
	want, err := docs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "docs_gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("internal/options/docs_gen.go is not what the declarations say: run go generate ./...")
	}
}
