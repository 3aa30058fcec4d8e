// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// chunk is how many seeds one process records: Prometheus has bugs that end the process, and the others shall go on.
const chunk = 20

// How long a process may take, far more than it needs: some bodies make Prometheus's parser turn on the spot.
const (
	timeForStart = 30 * time.Second
	timeForSeed  = 5 * time.Second
	timeToShrink = 5 * time.Minute
)

// foundCases hold one small case for each fault that random ones have found in the engine.
const foundCases = "tests/oracle/found"

// compare runs the engine on the cases found earlier, records random ones, runs the engine on all of them at once, and
// writes down where they differ. It gives the number of differences.
func (e *engine) compare(first, last uint64) (int, error) {
	if e.program == "" || e.output == "" {
		return 0, errors.New("-engine or -output is missing")
	}
	cases, differences := filepath.Join(e.output, "cases"), filepath.Join(e.output, "differences")
	for _, folder := range []string{cases, differences} {
		if err := os.RemoveAll(folder); err != nil {
			return 0, err
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return 0, err
		}
	}
	known, err := e.replayFound()
	if err != nil {
		return 0, err
	}
	if err := e.recordChunks(first, last, cases); err != nil {
		return 0, err
	}
	passed, failures, err := e.conformance(cases)
	if err != nil {
		return 0, err
	}
	failed, err := e.writeDown(failures, cases, differences)
	if err != nil {
		return 0, err
	}
	failed += known
	if failed > 0 {
		fmt.Printf("the differences are in %s\n", differences)
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	return failed, nil
}

// replayFound gives how many of the cases found earlier fail again.
func (e *engine) replayFound() (int, error) {
	passed, failures, err := e.conformance(foundCases)
	for _, id := range sortedKeys(failures) {
		fmt.Printf("FAIL %s/%s: %s\n", foundCases, id, cut(failures[id]))
	}
	if err == nil {
		fmt.Printf("cases found earlier: %d passed, %d failed\n", passed, len(failures))
	}
	return len(failures), err
}

// recordChunks generates the cases of all seeds, a process for each chunk, as many at once as there are processors.
func (e *engine) recordChunks(first, last uint64, cases string) error {
	chunks := make(chan uint64)
	failed := make(chan error, runtime.NumCPU())
	var workers sync.WaitGroup
	for range runtime.NumCPU() {
		workers.Go(func() {
			for from := range chunks {
				to := min(from+chunk-1, last)
				if err := e.recordChunk(from, to, cases); err != nil {
					failed <- err
					return
				}
				fmt.Printf("recorded the seeds %d to %d\n", from, to)
			}
		})
	}
	done := make(chan struct{})
	go func() {
		workers.Wait()
		close(done)
	}()
	for from := first; from <= last; from += chunk {
		select {
		case chunks <- from:
		case err := <-failed:
			return err
		}
	}
	close(chunks)
	<-done
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

func (e *engine) recordChunk(from, to uint64, cases string) error {
	folder := filepath.Join(cases, fmt.Sprintf("seeds-%06d", from))
	why, err := e.recordInProcess(from, to, folder)
	if err != nil || why == "" {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	for seed := from; seed <= to; seed++ {
		folder := filepath.Join(cases, fmt.Sprintf("seed-%06d", seed))
		why, err := e.recordInProcess(seed, seed, folder)
		if err != nil {
			return err
		}
		if why != "" {
			fmt.Printf("no case from seed %d: %s\n", seed, why)
			if err := os.RemoveAll(folder); err != nil {
				return err
			}
		}
	}
	return nil
}

// recordInProcess says why recording ended early, "" if it did not.
func (e *engine) recordInProcess(from, to uint64, folder string) (why string, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	limit := timeForStart + time.Duration(to-from+1)*timeForSeed
	inTime, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	command := exec.CommandContext(inTime, self, "generate", "-seeds", fmt.Sprintf("%d-%d", from, to), "-output", folder, "-only", e.only)
	out, err := command.CombinedOutput()
	if inTime.Err() != nil {
		return fmt.Sprintf("no end within %v", limit), nil
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return crash(out), nil
	}
	return "", err
}

// crash gives the line that tells what went wrong.
func crash(output []byte) string {
	for _, line := range strings.Split(string(output), "\n") {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "oracle: ") {
			return line
		}
	}
	return cut(string(output))
}

func cut(text string) string {
	if len(text) > 300 {
		return text[:300] + "..."
	}
	return text
}

// writeDown writes each difference into a file of its own, scrape cases as small as they get, and gives their number.
func (e *engine) writeDown(failures map[string]string, cases, differences string) (int, error) {
	failed := 0
	for _, id := range sortedKeys(failures) {
		path, name, isLine := strings.Cut(id, " ")
		if isLine {
			fmt.Printf("FAIL %s: %s\n", id, cut(failures[id]))
			failed++
			if err := writeLine(filepath.Join(cases, path), name, failures[id], differences); err != nil {
				return failed, err
			}
			continue
		}
		kept, err := e.shrinkInProcess(filepath.Join(cases, path), differences)
		if err != nil {
			return failed, err
		}
		if !kept {
			fmt.Printf("left to chance after all: %s\n", id)
			continue
		}
		fmt.Printf("FAIL %s: %s\n", id, cut(failures[id]))
		failed++
	}
	return failed, nil
}

// shrinkInProcess writes a smaller case to the folder; false if upstream leaves its outcome to chance.
func (e *engine) shrinkInProcess(path, folder string) (kept bool, err error) {
	self, err := os.Executable()
	if err != nil {
		return false, err
	}
	inTime, cancel := context.WithTimeout(context.Background(), timeToShrink)
	defer cancel()
	command := exec.CommandContext(inTime, self, "shrink", "-engine", e.program, "-output", folder, "-tries", fmt.Sprint(e.tries), path)
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return !bytes.Contains(out, []byte(leftToChance)), err
	}
	fmt.Printf("not shrunk: %s\n", crash(out))
	text, err := os.ReadFile(path)
	if err != nil {
		return true, err
	}
	return true, os.WriteFile(filepath.Join(folder, filepath.Base(path)), text, 0o644)
}

// writeLine writes the one line of a file with many cases.
func writeLine(path, name, why, differences string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, line := range strings.SplitAfter(string(text), "\n") {
		if !strings.Contains(line, `"name":"`+name+`"`) {
			continue
		}
		target := filepath.Join(differences, filepath.Base(filepath.Dir(path)))
		if err := os.MkdirAll(target, 0o755); err != nil {
			return err
		}
		base := filepath.Join(target, strings.TrimSuffix(filepath.Base(path), ".jsonl")+"-"+strings.ReplaceAll(name, "/", "-"))
		if err := os.WriteFile(base+".txt", []byte(why+"\n"), 0o644); err != nil {
			return err
		}
		return os.WriteFile(base+".jsonl", []byte(line), 0o644)
	}
	return fmt.Errorf("the report names %q of %s, which is not there", name, path)
}

func sortedKeys(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
