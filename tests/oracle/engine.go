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

// engine is the program that must do as Prometheus does, and how it is asked.
type engine struct {
	program  string
	output   string
	features string
	only     string // part of the paths of the formats that are compared
	tries    int    // bounds the runs that go into making one difference smaller
}

// leftToChance is what shrink says instead of writing a case.
const leftToChance = "left to chance"

// conformance runs the engine once on a folder or a file.
func (e *engine) conformance(path string) (passed int, failures map[string]string, err error) {
	file, err := os.CreateTemp("", "stalemark-report-")
	if err != nil {
		return 0, nil, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	arguments := []string{"conformance", path, "--report", file.Name()}
	if e.features != "" {
		arguments = append(arguments, "--select", e.features)
	}
	out, runErr := exec.Command(e.program, arguments...).CombinedOutput()
	var exit *exec.ExitError
	if runErr != nil && !(errors.As(runErr, &exit) && exit.ExitCode() == 1) {
		return 0, nil, fmt.Errorf("%s %s: %w\n%s", e.program, path, runErr, cut(string(out)))
	}
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

// shrink writes the case of a file, made smaller while the engine fails on it, to the output folder.
func (e *engine) shrink(t *testing.T, files []string) error {
	if len(files) != 1 || e.output == "" || e.program == "" {
		return errors.New("shrink takes -engine, -output and one file")
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return err
	}
	found, err := scrape.Decode(text)
	if err != nil {
		return err
	}
	if err := scrape.Complete(t, found, runsToBeCertain); err != nil {
		if errors.Is(err, scrape.ErrChance) {
			fmt.Println(leftToChance)
			return nil
		}
		return err
	}
	folder, err := os.MkdirTemp("", "stalemark-shrink-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	candidate := filepath.Join(folder, found.Name+".json")
	why := ""
	differs := func(smaller *scrape.Case) bool {
		if scrape.Complete(t, smaller, runs) != nil || configErrors(smaller) > configErrors(found) || writeScrape(candidate, smaller) != nil {
			return false
		}
		_, failures, err := e.conformance(candidate)
		for _, text := range failures {
			why = text
		}
		return err == nil && len(failures) > 0
	}
	small := scrape.Shrink(found, e.tries, differs)
	if !differs(small) {
		small = found
	}
	small.About = "shrunk: " + why
	return writeScrape(filepath.Join(e.output, found.Name+".json"), small)
}

// configErrors counts the configurations that do not apply: a case shall not shrink into one.
func configErrors(c *scrape.Case) int {
	return strings.Count(string(c.Expected), `"error":`)
}
