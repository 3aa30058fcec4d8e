// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v2"

	"github.com/prometheus/prometheus/config"
	_ "github.com/prometheus/prometheus/discovery/file" // the two discoveries that config/FORMAT.md knows beside static_configs
	_ "github.com/prometheus/prometheus/discovery/http"
)

// Config is a whole prometheus.yml and what it means.
var Config = &Format{
	Path: "config/config.jsonl", Files: []string{"config/config.jsonl"}, Record: recordConfig, Generate: generateConfig,
	Runs: 10, // of several bad headers, a random one is named
}

type configCase struct {
	Files    map[string]string `json:"files"`
	Env      map[string]string `json:"env"`
	Agent    bool              `json:"agent"`
	Sections []string          `json:"sections"`
}

func recordConfig(line []byte, _ string) ([]byte, error) {
	fields, err := decodeFields(line)
	if err != nil {
		return nil, err
	}
	text, err := decodeText(fields, "yaml")
	if err != nil {
		return nil, err
	}
	var c configCase
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	root, err := os.MkdirTemp("", "stalemark-oracle-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(root)
	l := configLoader{root: root, folder: filepath.Join(root, "conformance", "DIR")}
	if err := l.write(text, c.Files); err != nil {
		return nil, err
	}
	restore, err := replaceEnvironment(c.Env)
	if err != nil {
		return nil, err
	}
	expected, err := l.load(&c)
	if err = restoring(restore, err); err != nil {
		return nil, err
	}
	return withResults(line, map[string]any{"expected": expected})
}

// replaceEnvironment sets all variables and gives what puts the old ones back.
func replaceEnvironment(wanted map[string]string) (restore func() error, err error) {
	old := os.Environ()
	os.Clearenv()
	for name, v := range wanted {
		if err := os.Setenv(name, v); err != nil {
			return nil, err
		}
	}
	return func() error {
		os.Clearenv()
		for _, pair := range old {
			name, v, _ := strings.Cut(pair, "=")
			if err := os.Setenv(name, v); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func restoring(restore func() error, err error) error {
	if failed := restore(); err == nil {
		return failed
	}
	return err
}

// configLoader loads the files of a case from `folder`, which stands for /conformance/DIR: `root` stands for /.
type configLoader struct {
	root, folder string
}

func (l *configLoader) file() string { return filepath.Join(l.folder, "prometheus.yml") }

func (l *configLoader) write(text string, files map[string]string) error {
	all := map[string]string{"prometheus.yml": text}
	for name, content := range files {
		all[name] = content
	}
	for name, content := range all {
		path := filepath.Join(l.folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// hide writes paths as in the recorded cases.
func (l *configLoader) hide(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, l.folder, "DIR"), l.root, "")
}

func (l *configLoader) load(c *configCase) (expected map[string]any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errFault, r)
		}
	}()
	expected = map[string]any{}
	var log strings.Builder
	loaded, err := config.LoadFile(l.file(), c.Agent, logWarnings(&log))
	if err != nil {
		setText(expected, "error", l.hide(err.Error()))
		return expected, nil
	}
	jobs, err := loaded.GetScrapeConfigs()
	if err != nil {
		setText(expected, "scrape_error", l.hide(err.Error()))
		return expected, nil
	}
	effective, err := effectiveConfig(loaded, jobs, c.Sections)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errFault, err) // upstream writes what it cannot read
	}
	expected["effective"] = json.RawMessage(l.hide(string(effective)))
	if warnings := strings.TrimSpace(log.String()); warnings != "" {
		expected["warnings"] = strings.Split(warnings, "\n")
	}
	return expected, nil
}

func logWarnings(out *strings.Builder) *slog.Logger {
	withoutTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: withoutTime}))
}

// effectiveConfig gives the sections that are compared, from upstream's own dump.
func effectiveConfig(loaded *config.Config, jobs []*config.ScrapeConfig, sections []string) ([]byte, error) {
	dump, err := plainYAML([]byte(loaded.String()))
	if err != nil {
		return nil, err
	}
	all, ok := dump.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the dump is no mapping: %v", dump)
	}
	out := map[string]any{}
	for _, name := range append([]string{"global", "scrape_config_files"}, sections...) {
		if section, there := all[name]; there {
			out[name] = section
		}
	}
	if len(jobs) > 0 {
		text, err := yaml.Marshal(jobs)
		if err != nil {
			return nil, err
		}
		if out["scrape_configs"], err = plainYAML(text); err != nil {
			return nil, err
		}
	}
	return json.Marshal(out)
}

func plainYAML(text []byte) (any, error) {
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		return nil, err
	}
	return plain(v), nil
}

// plain turns what the YAML library gives into what JSON can hold.
func plain(v any) any {
	switch v := v.(type) {
	case map[any]any:
		out := map[string]any{}
		for name, value := range v {
			out[keyText(name)] = plain(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plain(v[i])
		}
		return out
	case float64:
		switch {
		case math.IsInf(v, 1):
			return "+Inf"
		case math.IsInf(v, -1):
			return "-Inf"
		case math.IsNaN(v):
			return "NaN"
		}
	}
	return v
}

func keyText(name any) string {
	if name == nil {
		return "null"
	}
	return fmt.Sprint(name)
}
