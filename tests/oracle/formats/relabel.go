// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/promslog"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"

	"stalemark.test/oracle/random"
)

// Relabel is one label set under rules.
var Relabel = &Format{
	Path:     "relabel/seeds.jsonl",
	Files:    []string{"relabel/*.jsonl"},
	Record:   recordRelabel,
	Generate: generateRelabel,
}

func recordRelabel(line []byte, _ string) ([]byte, error) {
	fields, err := decodeFields(line)
	if err != nil {
		return nil, err
	}
	rules, err := decodeText(fields, "rules")
	if err != nil {
		return nil, err
	}
	scheme, err := decodeText(fields, "name_validation_scheme")
	if err != nil {
		return nil, err
	}
	in, err := decodeLabels(fields, "labels")
	if err != nil {
		return nil, err
	}
	expected := map[string]any{}
	loaded, err := config.Load(relabelConfig(scheme, rules), promslog.NewNopLogger())
	if err != nil {
		setText(expected, "error", err.Error())
		return withResults(line, map[string]any{"expected": expected})
	}
	b := labels.NewBuilder(labels.FromMap(in))
	keep := relabel.ProcessBuilder(b, loaded.ScrapeConfigs[0].RelabelConfigs...)
	expected["keep"] = keep
	if keep {
		setLabelMap(expected, "labels", b.Labels())
	}
	return withResults(line, map[string]any{"expected": expected})
}

// relabelConfig puts the rules where relabel/FORMAT.md says, so that line numbers in errors are right.
func relabelConfig(scheme, rules string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "global:\n  metric_name_validation_scheme: %s\nscrape_configs:\n- job_name: j\n  relabel_configs:\n", scheme)
	for _, line := range strings.SplitAfter(rules, "\n") {
		if strings.TrimSuffix(line, "\n") != "" {
			out.WriteString("    ")
		}
		out.WriteString(line)
	}
	return out.String()
}

func generateRelabel(r *random.Source) []any {
	var out []any
	for range 10 {
		in := map[string]string{}
		for _, name := range random.Some(r, 60, labelNames...) {
			in[name] = labelValues[r.Below(len(labelValues))]
		}
		var rules strings.Builder
		for range r.Between(1, 3) {
			rules.WriteString(relabelRule(r))
		}
		out = append(out, map[string]any{
			"name_validation_scheme": random.Pick(r, "utf8", "utf8", "legacy"), "labels": in, "rules": rules.String(),
		})
	}
	return out
}

var (
	labelNames  = []string{"__name__", "a", "b", "env", "__meta_x", "__address__", "weird-name", "__tmp", "ü", "x2"}
	labelValues = []string{"foo", "foobar", "10.0.0.1:9100", "two words", "éa", "Ünïcode", "AbC", "007", "a;b", "line\nbreak", "abab", "$1", "ß"}
)

func relabelRule(r *random.Source) string {
	label := func() string { return labelNames[r.Below(len(labelNames))] }
	var out strings.Builder
	out.WriteString("- action: " + random.Pick(r, "replace", "replace", "replace", "keep", "drop", "hashmod", "labelmap", "labeldrop", "labelkeep",
		"lowercase", "uppercase", "keepequal", "dropequal", "Replace", "nope") + "\n")
	if r.Percent(75) {
		fmt.Fprintf(&out, "  source_labels: [%s]\n", strings.Join(random.Pick(r, []string{label()}, []string{label(), label()}, []string{}), ", "))
	}
	if r.Percent(75) {
		fmt.Fprintf(&out, "  regex: %s\n", singleQuoted(pattern(r, 3)))
	}
	if r.Percent(75) {
		fmt.Fprintf(&out, "  target_label: %s\n", singleQuoted(random.Pick(r, label(), label(), "t", "${1}_x", "$1", "9a", "", "__name__", "bad name")))
	}
	if r.Percent(50) {
		fmt.Fprintf(&out, "  replacement: %s\n", singleQuoted(random.Pick(r, "$1", "${1}-$2", "x", "", "$0", "${name}", "$$1", "$1x", "${", "a$", "${2}${1}", "é$1")))
	}
	if r.Percent(15) {
		fmt.Fprintf(&out, "  separator: %s\n", singleQuoted(random.Pick(r, "", "-", ";;", "é")))
	}
	if r.Percent(30) {
		fmt.Fprintf(&out, "  modulus: %s\n", random.Pick(r, "1", "7", "16", "1000", "0", "-1", "x", "18446744073709551615"))
	}
	return out.String()
}

func singleQuoted(s string) string {
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// pattern draws a regular expression; now and then an invalid one.
func pattern(r *random.Source, depth int) string {
	if depth == 0 || r.Percent(25) {
		return random.Pick(r, "a", "foo", ".", ".*", ".+", "[a-z]+", "[^:;]", `\d+`, `\w`, `\s`, `\pL`, `[[:alpha:]]`, "é", `\.`, "b", "", "0", `\b`, "^", "$", `\x{e9}`, `(?i:FOO)`, "[éü]", `\Qa.b\E`, `\P{Lu}`, "\\")
	}
	next := func() string { return pattern(r, depth-1) }
	return random.Pick(r,
		next()+next(), "("+next()+")"+next(), "(?:"+next()+"|"+next()+")", next()+"|"+next(), "("+next()+")?", "("+next()+")*?",
		"(?P<name>"+next()+")", "(?i)"+next(), "(?:"+next()+"){1,3}", "("+next()+"):("+next()+")", "(?s:"+next()+")+", "(?:"+next()+"){0,}?", "["+random.Pick(r, "a-f", "^a", "[:digit:]x", "é-ü", "z-a")+"]"+next(),
	)
}
