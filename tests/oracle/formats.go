// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/util/osutil"

	"stalemark.test/oracle/formats"
	"stalemark.test/oracle/scrape"
)

// A generated case is recorded that often before it counts as not left to chance; one that differs, more often.
const (
	runs            = 6
	runsToBeCertain = 60
)

// checkBuild fails when the program was built with Prometheus as published: it would stand still in some cases.
func checkBuild() error {
	const name = "a-name-that-no-machine-has"
	if err := os.Setenv("STALEMARK_ORACLE_HOSTNAME", name); err != nil {
		return err
	}
	if got, err := osutil.GetFQDN(); err != nil || got != name {
		return errors.New("built without the patched Prometheus: `make oracle` in the root folder builds it right")
	}
	return nil
}

// verify records all known cases below the folders again and gives how many fail.
func verify(t *testing.T, folders []string) (failed int, err error) {
	passed := 0
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			p, differences, err := verifyFile(t, path)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			for _, d := range differences {
				fmt.Printf("FAIL %s %s\n", path, d)
			}
			passed += p
			failed += len(differences)
			return nil
		})
		if err != nil {
			return failed, err
		}
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	return failed, nil
}

func verifyFile(t *testing.T, path string) (passed int, differences []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, nil, err
	}
	switch {
	case strings.HasSuffix(path, ".json") && bytes.Contains(text[:min(len(text), 100)], []byte(scrape.Format)):
		d, err := verifyScrape(t, text)
		if err != nil || d != "" {
			return 0, []string{d}, err
		}
		return 1, nil, nil
	case strings.HasSuffix(path, ".jsonl"):
		f := formats.ForFile(path)
		if f == nil {
			return 0, nil, nil
		}
		return f.Verify(path, text)
	}
	return 0, nil, nil
}

func verifyScrape(t *testing.T, text []byte) (string, error) {
	c, err := scrape.Decode(text)
	if err != nil {
		return "", err
	}
	outcome, err := scrape.Record(t, c)
	if err != nil {
		return "", err
	}
	got, err := scrape.Encode(outcome)
	if err != nil {
		return "", err
	}
	return scrape.Difference(c.Expected, got), nil
}

// generate writes the cases of some seeds: a file for each scrape case, a line each of the other formats.
func generate(t *testing.T, first, last uint64, output, only string) error {
	if output == "" {
		return errors.New("-output is missing")
	}
	recorded, chance, lines := 0, 0, 0
	if strings.Contains("scrape/", only) {
		var err error
		if recorded, chance, err = generateScrapes(t, first, last, filepath.Join(output, "scrape")); err != nil {
			return err
		}
	}
	for _, f := range formats.All {
		if !strings.Contains(f.Path, only) {
			continue
		}
		n, err := generateLines(f, first, last, output)
		if err != nil {
			return err
		}
		lines += n
	}
	fmt.Printf("recorded %d scrape cases and %d lines of other formats; %d scrape cases were left to chance\n", recorded, lines, chance)
	return nil
}

func generateScrapes(t *testing.T, first, last uint64, folder string) (recorded, chance int, err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return 0, 0, err
	}
	for seed := first; seed <= last; seed++ {
		c := scrape.Generate(seed)
		err := scrape.Complete(t, c, runs)
		if errors.Is(err, scrape.ErrChance) {
			chance++
			continue
		}
		if err != nil {
			return 0, 0, fmt.Errorf("seed %d: %w", seed, err)
		}
		if err := writeScrape(filepath.Join(folder, c.Name+".json"), c); err != nil {
			return 0, 0, err
		}
		recorded++
	}
	return recorded, chance, nil
}

func writeScrape(name string, c *scrape.Case) error {
	text, err := scrape.Text(c)
	if err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}

func generateLines(f *formats.Format, first, last uint64, output string) (int, error) {
	var out bytes.Buffer
	written := 0
	for seed := first; seed <= last && f.Generate != nil; seed++ {
		lines, err := f.Lines(seed)
		if err != nil {
			return 0, fmt.Errorf("%s, seed %d: %w", f.Path, seed, err)
		}
		for _, line := range lines {
			out.Write(line)
			out.WriteByte('\n')
			written++
		}
	}
	if written == 0 {
		return 0, nil
	}
	name := filepath.Join(output, f.Path)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return 0, err
	}
	return written, os.WriteFile(name, out.Bytes(), 0o644)
}
