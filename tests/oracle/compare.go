// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"stalemark.test/oracle/scrape"
)

// comparison runs an engine on random cases.
type comparison struct {
	t        *testing.T
	engine   string
	output   string
	features string
}

// shrinkTries bounds the engine runs that go into making one difference smaller.
const shrinkTries = 600

// run gives the number of differences.
func (c *comparison) run(first, last uint64) (int, error) {
	if c.engine == "" || c.output == "" {
		return 0, errors.New("-engine or -output is missing")
	}
	cases := filepath.Join(c.output, "cases")
	differences := filepath.Join(c.output, "differences")
	for _, folder := range []string{cases, differences} {
		if err := os.RemoveAll(folder); err != nil {
			return 0, err
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return 0, err
		}
	}
	generated, err := generate(c.t, first, last, cases)
	if err != nil {
		return 0, err
	}
	passed, failures, err := c.conformance(cases)
	if err != nil {
		return 0, err
	}
	for _, id := range keysOf(failures) {
		fmt.Printf("FAIL %s: %s\n", id, cut(failures[id]))
		if err := c.writeDown(generated[id], id, failures[id], cases, differences); err != nil {
			return 0, err
		}
	}
	if len(failures) > 0 {
		fmt.Printf("the differences are in %s\n", differences)
	}
	fmt.Printf("%d passed, %d failed\n", passed, len(failures))
	return len(failures), nil
}

func cut(text string) string {
	if len(text) > 300 {
		return text[:300] + "..."
	}
	return text
}

// conformance runs the engine once on a folder or a file.
func (c *comparison) conformance(path string) (passed int, failures map[string]string, err error) {
	report := filepath.Join(c.output, "report.txt")
	if err := os.WriteFile(report, nil, 0o644); err != nil {
		return 0, nil, err
	}
	arguments := []string{"conformance", path, "--report", report}
	if c.features != "" {
		arguments = append(arguments, "--select", c.features)
	}
	out, runErr := exec.Command(c.engine, arguments...).CombinedOutput()
	var exit *exec.ExitError
	if runErr != nil && !(errors.As(runErr, &exit) && exit.ExitCode() == 1) {
		return 0, nil, fmt.Errorf("%s: %w\n%s", c.engine, runErr, cut(string(out)))
	}
	file, err := os.Open(report)
	if err != nil {
		return 0, nil, err
	}
	defer file.Close()
	failures = map[string]string{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		verdict, rest, _ := strings.Cut(lines.Text(), " ")
		switch verdict {
		case "pass":
			passed++
		case "fail":
			id, why, _ := strings.Cut(rest, ": ")
			failures[id] = why
		}
	}
	return passed, failures, lines.Err()
}

// writeDown writes a difference into a file of its own; scrape cases as small as they get.
func (c *comparison) writeDown(found *scrape.Case, id, why, cases, differences string) error {
	if found == nil {
		return c.writeLine(id, why, cases, differences)
	}
	candidate := filepath.Join(c.output, "candidate", found.Name+".json")
	if err := os.MkdirAll(filepath.Dir(candidate), 0o755); err != nil {
		return err
	}
	configErrors := strings.Count(string(found.Expected), `"error":`)
	small := scrape.Shrink(found, shrinkTries, func(smaller *scrape.Case) bool {
		if scrape.Complete(c.t, smaller) != nil || strings.Count(string(smaller.Expected), `"error":`) > configErrors {
			return false
		}
		if writeScrape(candidate, smaller) != nil {
			return false
		}
		_, failures, err := c.conformance(candidate)
		if err != nil || len(failures) == 0 {
			return false
		}
		for _, text := range failures {
			why = text
		}
		return true
	})
	small.About = "shrunk: " + why
	return writeScrape(filepath.Join(differences, found.Name+".json"), small)
}

// writeLine writes the one line of a file with many cases.
func (c *comparison) writeLine(id, why, cases, differences string) error {
	path, name, _ := strings.Cut(id, " ")
	text, err := os.ReadFile(filepath.Join(cases, path))
	if err != nil {
		return err
	}
	for _, line := range strings.SplitAfter(string(text), "\n") {
		if !strings.Contains(line, `"name":"`+name+`"`) {
			continue
		}
		target := filepath.Join(differences, filepath.Dir(path))
		if err := os.MkdirAll(target, 0o755); err != nil {
			return err
		}
		base := filepath.Join(target, strings.ReplaceAll(name, "/", "-"))
		if err := os.WriteFile(base+".txt", []byte(why+"\n"), 0o644); err != nil {
			return err
		}
		return os.WriteFile(base+".jsonl", []byte(line), 0o644)
	}
	return fmt.Errorf("the report names %q, which nobody generated", id)
}
