// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"stalemark.test/oracle/random"
)

// yamlWriter draws YAML from a grammar. The calmer it is, the fewer mistakes it makes.
type yamlWriter struct {
	r    *random.Source
	calm int // percent
}

// yamlKey is a key of a mapping and what draws its value: the text behind the colon.
type yamlKey struct {
	name  string
	value func(w *yamlWriter, indent int) string
}

func generateConfig(r *random.Source) []any {
	var out []any
	for range 5 {
		w := &yamlWriter{r: r, calm: random.Pick(r, 0, 60, 90, 98, 100, 100)}
		c := map[string]any{}
		text := w.document()
		if utf8.ValidString(text) {
			c["yaml"] = text
		} else {
			c["yaml"], c["yaml_b64"] = "", base64.StdEncoding.EncodeToString([]byte(text))
		}
		if strings.Contains(text, "scrape_config_files") {
			if files := w.jobFiles(); len(files) > 0 {
				c["files"] = files
			}
		}
		if r.Percent(50) {
			c["env"] = map[string]string{"FOO": random.Pick(r, "v", "", "a b", "$X")}
		}
		if r.Percent(5) {
			c["agent"] = true
		}
		out = append(out, c)
	}
	return out
}

func (w *yamlWriter) document() string {
	switch w.r.Below(5) {
	case 0:
		return w.mapping(rootKeys, 0, 3) + "\n"
	case 1:
		external := "\n  external_labels:" + mapOf(labelTexts, valueTexts)(w, 2)
		return "global:" + random.Pick(w.r, "\n"+w.mapping(globalKeys, 2, 5), external) + "\nscrape_configs:" + jobList(w, 0) + "\n"
	}
	return "scrape_configs:" + jobList(w, 0) + "\n"
}

func (w *yamlWriter) jobFiles() map[string]string {
	out := map[string]string{}
	for _, name := range []string{"jobs/a.yml", "jobs/b.yml"} {
		if !w.r.Percent(75) {
			continue
		}
		out[name] = "scrape_configs:" + jobList(w, 0) + "\n"
		if w.errs(10) {
			out[name] = random.Pick(w.r, "", "x", "global: {}\n", "~", "[]", "scrape_configs: [")
		}
		if !utf8.ValidString(out[name]) {
			delete(out, name)
		}
	}
	return out
}

// errs is true in that many of 100 cases where the writer is not calm.
func (w *yamlWriter) errs(percent int) bool {
	return !w.r.Percent(w.calm) && w.r.Percent(percent)
}

// pick prefers the first quarter of the values, which are usual ones.
func (w *yamlWriter) pick(values []string) string {
	if w.r.Percent(w.calm) {
		return values[w.r.Below((len(values)+3)/4)]
	}
	return values[w.r.Below(len(values))]
}

// mapping draws at most `most` keys.
func (w *yamlWriter) mapping(keys []yamlKey, indent, most int) string {
	var lines []string
	used := map[string]bool{}
	space := strings.Repeat(" ", indent)
	for range w.r.Between(1, most) {
		key := keys[w.r.Below(len(keys))]
		if used[key.name] && !w.errs(8) {
			continue
		}
		used[key.name] = true
		name, value := key.name, key.value(w, indent)
		if w.errs(8) {
			switch w.r.Below(5) {
			case 0:
				value = " " + w.pick(oddValues)
			case 1:
				name += "x"
			case 2:
				name = strings.ToUpper(name[:1]) + name[1:]
			case 3:
				name = "'" + name + "'"
			case 4:
				name = random.Pick(w.r, "<<", "1", "~", "true", "[a]", "{a: b}", "!!str "+name, "? "+name+"\n"+space)
			}
		}
		lines = append(lines, space+name+":"+value)
	}
	return strings.Join(lines, "\n")
}

// oneOf draws a scalar.
func oneOf(values []string) func(*yamlWriter, int) string {
	return func(w *yamlWriter, _ int) string { return " " + w.pick(values) }
}

// listOf draws a list within brackets.
func listOf(values []string) func(*yamlWriter, int) string {
	return func(w *yamlWriter, _ int) string { return " " + w.list(values) }
}

func (w *yamlWriter) list(values []string) string {
	if w.errs(15) {
		return random.Pick(w.r, "[]", w.pick(values))
	}
	var items []string
	for range w.r.Between(1, 3) {
		items = append(items, inBrackets(w.pick(values)))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// mapOf draws a mapping within braces.
func mapOf(names, values []string) func(*yamlWriter, int) string {
	return mapOfAny(names, func(w *yamlWriter) string { return inBrackets(w.pick(values)) })
}

func mapOfAny(names []string, value func(*yamlWriter) string) func(*yamlWriter, int) string {
	return func(w *yamlWriter, _ int) string {
		var items []string
		for range w.r.Below(4) {
			items = append(items, inBrackets(w.pick(names))+": "+value(w))
		}
		return " {" + strings.Join(items, ", ") + "}"
	}
}

// inBrackets replaces what cannot stand within brackets.
func inBrackets(value string) string {
	if value == "" || strings.Contains(value, "\n") {
		return "q"
	}
	return value
}

// section draws a mapping on lines of its own.
func section(keys []yamlKey) func(*yamlWriter, int) string {
	return func(w *yamlWriter, indent int) string {
		if w.errs(20) {
			return " " + random.Pick(w.r, w.pick(oddValues), "{}", "")
		}
		return "\n" + w.mapping(keys, indent+2, 3)
	}
}

// sections draws a list of mappings.
func sections(keys []yamlKey) func(*yamlWriter, int) string {
	return func(w *yamlWriter, indent int) string {
		if w.errs(20) {
			return " " + random.Pick(w.r, w.pick(oddValues), "[]", "")
		}
		out, space := "", strings.Repeat(" ", indent)
		for range w.r.Between(1, 2) {
			item := strings.TrimLeft(w.mapping(keys, indent+2, 4), " ")
			if w.errs(7) {
				item = random.Pick(w.r, "", "~", "{}", "x", "[]", "1")
			}
			out += "\n" + space + "- " + item
		}
		return out
	}
}

func headers(w *yamlWriter, indent int) string {
	if w.errs(20) {
		return " " + random.Pick(w.r, w.pick(oddValues), "{}")
	}
	out, space := "", strings.Repeat(" ", indent+2)
	for range w.r.Between(1, 2) {
		value := "\n" + w.mapping(headerKeys, indent+4, 2)
		if w.errs(20) {
			value = random.Pick(w.r, " ~", " {}", " []")
		}
		out += "\n" + space + w.pick(headerNames) + ":" + value
	}
	return out
}

func jobList(w *yamlWriter, _ int) string {
	if w.errs(4) {
		return " " + w.pick(oddValues)
	}
	out := ""
	for i := range w.r.Between(1, 2) {
		if w.errs(10) {
			out += "\n- " + random.Pick(w.r, "", "~", "{}", "x", "[]", "*und")
			continue
		}
		name := fmt.Sprintf("a%d", i)
		if w.errs(50) {
			name = random.Pick(w.r, "a", "'é'", "1", "''", "~", "\"x\\ty\"", "true", "[a]")
		}
		out += "\n- job_name: " + name
		if w.r.Percent(88) {
			out += "\n" + w.mapping(jobKeys, 2, 5)
		}
		if w.errs(8) {
			out += "\n  <<: " + random.Pick(w.r, "{scheme: https}", "[{scheme: https}, {honor_labels: true, scheme: x}]", "~", "5", "{job_name: zz}", "{bogus: 1}", "*und", "[5]",
				"{<<: {metrics_path: /x}}")
		}
	}
	return out
}
