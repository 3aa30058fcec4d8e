// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"stalemark.test/oracle/random"
	"stalemark.test/oracle/scrape"
)

// TestRecordedLines records every seventh recorded line of each format anew; `make oracle-check` takes all of them.
func TestRecordedLines(t *testing.T) {
	for _, f := range All {
		checked := 0
		for _, pattern := range f.Files {
			files, err := filepath.Glob(filepath.Join("../../conformance", pattern))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range files {
				checked += checkSample(t, f, name)
			}
		}
		if checked < 2 {
			t.Errorf("%s: only %d lines", f.Path, checked)
		}
	}
}

func checkSample(t *testing.T, f *Format, name string) int {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var sample [][]byte
	for i, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		if i%7 == 0 {
			sample = append(sample, line)
		}
	}
	passed, differences, err := f.Verify(name, bytes.Join(sample, []byte("\n")))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differences {
		t.Errorf("%s: sample %s", name, d)
	}
	return passed
}

func TestVerifyFindsAChangedCase(t *testing.T) {
	line := []byte(`{"name":"x","covers":[],"labels":{"a":"b"},"expected":{"bytes_hex":"01610162","bytes_len":4,"hash":"1","string":"{a=\"b\"}"}}`)
	passed, differences, err := TargetLabels.Verify("targets/labels.jsonl", line)
	if err != nil {
		t.Fatal(err)
	}
	if passed != 0 || len(differences) != 1 {
		t.Errorf("%d passed, differences %q, want the wrong hash to be found", passed, differences)
	}
}

func TestCaseLeftToChanceIsLeftOut(t *testing.T) {
	for _, want := range []struct{ runs, lines int }{{2, 1}, {3, 0}} {
		record := 0
		f := &Format{
			Path: "x/x.jsonl", Runs: want.runs, Generate: func(*random.Source) []any { return []any{map[string]any{"in": 1}} },
			Record: func(line []byte, _ string) ([]byte, error) {
				record++
				return withResults(line, map[string]any{"third_or_later": record >= 3})
			},
		}
		lines, err := f.Lines(1)
		if err != nil || len(lines) != want.lines || record != want.runs {
			t.Errorf("%d runs that differ from the third: %d lines, %d runs, error %v, want %d lines", want.runs, len(lines), record, err, want.lines)
		}
	}
}

func TestGeneratedInputsAreStable(t *testing.T) {
	Corpus = "../../conformance"
	for _, f := range All {
		for seed := range uint64(3) {
			first, err := scrape.Encode(f.Generate(random.New(seed, f.Path)))
			if err != nil {
				t.Fatal(err)
			}
			second, err := scrape.Encode(f.Generate(random.New(seed, f.Path)))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(first, second) {
				t.Errorf("%s: seed %d gives two results", f.Path, seed)
			}
		}
	}
}
