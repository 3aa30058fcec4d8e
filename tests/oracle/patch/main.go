// SPDX-License-Identifier: Apache-2.0

// Command patch copies Prometheus's Go sources out of the module cache and changes the few lines that must differ for a
// run under a fake clock: two locks of the scrape manager become channels, the host name comes from the environment; and
// opens to the oracle what cannot be reached otherwise: the hash of a target, its offset, the seed, and reading a target file.
// Beside the copy it writes a go.work that puts it in the place of the published module.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const upstream = "github.com/prometheus/prometheus"

// edits are the lines changed in upstream's files; each must be there exactly once.
var edits = []struct{ file, old, new string }{
	{"scrape/manager.go", "\tmtxScrape              sync.Mutex //", "\tmtxScrape              durableLock //"},
	{"scrape/scrape.go", "\tmtx    sync.Mutex\n\tconfig *config.ScrapeConfig\n", "\tmtx    durableLock\n\tconfig *config.ScrapeConfig\n"},
	{"scrape/target.go", "\tnow := time.Now().UnixNano()\n", "\tnow := offsetClock().UnixNano()\n"},
}

// additions are whole files of ours by their place in the copy.
var additions = map[string]string{
	"util/osutil/hostname.go": "hostname.go.txt",
	"scrape/durable_lock.go":  "lock.go.txt",
	"scrape/identity_hash.go": "target.go.txt",
	"discovery/file/read.go":  "read.go.txt",
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: patch OUTPUT-FOLDER (in the folder of the oracle's go.mod)")
		os.Exit(2)
	}
	if err := patch(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "patch:", err)
		os.Exit(1)
	}
}

func patch(output string) error {
	module, err := moduleFolder()
	if err != nil {
		return err
	}
	target := filepath.Join(output, "prometheus")
	if err := copySources(module, target); err != nil {
		return err
	}
	for _, e := range edits {
		name := filepath.Join(target, e.file)
		text, err := os.ReadFile(filepath.Join(module, e.file))
		if err != nil {
			return err
		}
		if strings.Count(string(text), e.old) != 1 {
			return fmt.Errorf("%s has no single line %q: another version of Prometheus needs other edits", e.file, e.old)
		}
		if err := writeIfChanged(name, strings.Replace(string(text), e.old, e.new, 1)); err != nil {
			return err
		}
	}
	for name, own := range additions {
		text, err := os.ReadFile(filepath.Join("patch", "files", own))
		if err != nil {
			return err
		}
		if err := writeIfChanged(filepath.Join(target, name), string(text)); err != nil {
			return err
		}
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	work := fmt.Sprintf("go 1.26.0\n\nuse %s\n\nreplace %s => ./prometheus\n", here, upstream)
	return writeIfChanged(filepath.Join(output, "go.work"), work)
}

func moduleFolder() (string, error) {
	command := exec.Command("go", "mod", "download", upstream)
	command.Env = append(os.Environ(), "GOWORK=off")
	command.Stderr = os.Stderr
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("downloading %s: %w", upstream, err)
	}
	command = exec.Command("go", "list", "-m", "-f", "{{.Dir}}", upstream)
	command.Env = append(os.Environ(), "GOWORK=off")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("where is %s: %w", upstream, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// copySources copies what a build needs: the Go files without tests, and go.mod.
func copySources(from, to string) error {
	edited := map[string]bool{}
	for _, e := range edits {
		edited[filepath.FromSlash(e.file)] = true
	}
	for name := range additions {
		edited[filepath.FromSlash(name)] = true
	}
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		source := strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") || name == "go.mod"
		if entry.IsDir() || !source || edited[name] {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return writeIfChanged(filepath.Join(to, name), string(text))
	})
}

// writeIfChanged keeps the time of a file that is right already, and so the compiler's cache.
func writeIfChanged(name, text string) error {
	if old, err := os.ReadFile(name); err == nil && string(old) == text {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}
