// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
)

// Encode writes a value as JSON, as it stands.
func Encode(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}

// Difference names the first place where two JSON texts differ; "" if they mean the same.
func Difference(want, got []byte) string {
	w, err := decodeAny(want)
	if err != nil {
		return "want: " + err.Error()
	}
	g, err := decodeAny(got)
	if err != nil {
		return "got: " + err.Error()
	}
	return difference("", w, g)
}

func decodeAny(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

func difference(path string, want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			return differenceOfObjects(path, w, g)
		}
	case []any:
		if g, ok := got.([]any); ok {
			for i := range w {
				if i >= len(g) {
					return fmt.Sprintf("%s[%d]: want %s, got nothing", path, i, short(w[i]))
				}
				if d := difference(fmt.Sprintf("%s[%d]", path, i), w[i], g[i]); d != "" {
					return d
				}
			}
			return fmt.Sprintf("%s[%d]: want nothing, got %s", path, len(w), short(g[len(w)]))
		}
	}
	return fmt.Sprintf("%s: want %s, got %s", path, short(want), short(got))
}

func differenceOfObjects(path string, want, got map[string]any) string {
	names := map[string]bool{}
	for name := range want {
		names[name] = true
	}
	for name := range got {
		names[name] = true
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	for _, name := range sorted {
		w, inWant := want[name]
		g, inGot := got[name]
		if inWant != inGot {
			if !inWant {
				return fmt.Sprintf("%s.%s: want nothing, got %s", path, name, short(g))
			}
			return fmt.Sprintf("%s.%s: want %s, got nothing", path, name, short(w))
		}
		if d := difference(path+"."+name, w, g); d != "" {
			return d
		}
	}
	return ""
}

func short(v any) string {
	text, err := Encode(v)
	if err != nil {
		return err.Error()
	}
	if len(text) > 300 {
		return string(text[:300]) + "..."
	}
	return string(text)
}
