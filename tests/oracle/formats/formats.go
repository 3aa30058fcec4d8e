// SPDX-License-Identifier: Apache-2.0

// Package formats records and generates the cases that are one line of a JSON Lines file (tests/conformance/*/FORMAT.md).
package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"stalemark.test/oracle/random"
	"stalemark.test/oracle/scrape"
)

// Format is one kind of line.
type Format struct {
	// Path is the file for generated cases, below the folder of cases; found/ has its cases in files of the same name.
	Path string
	// Files are the patterns of the recorded files, below the same folder.
	Files []string
	// Record gives a case, as it stands in the file, with what Prometheus does filled in.
	Record func(line []byte, folder string) ([]byte, error)
	// Generate gives cases without results, for one seed. Nil: none are generated.
	Generate func(r *random.Source) []any
	// Runs is how often a generated case is recorded where upstream leaves some to the order of a map; one whose runs differ is
	// left out. 0: once.
	Runs int
}

// All are the formats, simplest first.
var All = []*Format{TextToBits, BitsToText, Units, Relabel, TargetLabels, TargetURL, Populate, Seed, Offset, Documents, Config, Records, Segments, Reader, Chunks, Head, Requests, Exposition}

// ForFile gives the format of a recorded file, nil if it is none of ours.
func ForFile(path string) *Format {
	folder := filepath.Base(filepath.Dir(path))
	for _, f := range All {
		for _, pattern := range append([]string{f.Path}, f.Files...) {
			if ok, err := filepath.Match(pattern, folder+"/"+filepath.Base(path)); err == nil && ok {
				return f
			}
		}
	}
	return nil
}

// Verify records every line of a file again.
func (f *Format) Verify(path string, text []byte) (passed int, differences []string, err error) {
	for i, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		got, err := f.Record(line, filepath.Dir(path))
		if err != nil {
			return passed, differences, fmt.Errorf("line %d: %w", i+1, err)
		}
		if d := scrape.Difference(line, got); d != "" {
			differences = append(differences, fmt.Sprintf("line %d %s", i+1, d))
			continue
		}
		passed++
	}
	return passed, differences, nil
}

// errUnspecified is a case whose result the format leaves open.
var errUnspecified = errors.New("the format does not say what is expected")

// Lines generates and records the cases of a seed. A body that breaks upstream's parser is left out.
func (f *Format) Lines(seed uint64) ([][]byte, error) {
	var out [][]byte
	for i, c := range f.Generate(random.New(seed, f.Path)) {
		line, err := scrape.Encode(c)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf(`{"name":"seed-%06d/%d","covers":[],`, seed, i+1)
		line = []byte(name + strings.TrimPrefix(string(line), "{"))
		recorded, err := f.recordAgreeing(line)
		if errors.Is(err, errFault) || errors.Is(err, errUnspecified) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, recorded)
	}
	return out, nil
}

// recordAgreeing records a line as often as its format asks for.
func (f *Format) recordAgreeing(line []byte) ([]byte, error) {
	recorded, err := f.Record(line, "")
	for run := 1; run < f.Runs && err == nil; run++ {
		var again []byte
		if again, err = f.Record(line, ""); err == nil && !bytes.Equal(recorded, again) {
			return nil, fmt.Errorf("%w: two runs differ", errUnspecified)
		}
	}
	return recorded, err
}

// withResults decodes a case into fields that keep their text, sets some, and writes it again.
func withResults(line []byte, results map[string]any) ([]byte, error) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(line, &fields); err != nil {
		return nil, err
	}
	for name, v := range results {
		text, err := scrape.Encode(v)
		if err != nil {
			return nil, err
		}
		fields[name] = text
	}
	return scrape.Encode(fields)
}
