// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"unicode/utf8"

	"stalemark.test/oracle/random"
	"stalemark.test/oracle/scrape"
)

// Corpus is the folder of recorded cases whose bodies are mutated.
var Corpus = "tests/conformance"

// corpusBodies are the hand-written bodies, by content type as far as a mutation must know it.
var corpusBodies = sync.OnceValues(func() ([]*expositionCase, error) {
	var out []*expositionCase
	files, err := filepath.Glob(filepath.Join(Corpus, "exposition", "curated-*.jsonl"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no recorded bodies in %s: %w", Corpus, err)
	}
	slices.Sort(files)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for _, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
			c := &expositionCase{}
			if err := json.Unmarshal(line, c); err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	}
	return out, nil
})

// generateExposition draws some bodies: those of the scrape generator, and mutations of recorded ones.
func generateExposition(r *random.Source) []any {
	var out []any
	for _, format := range scrape.BodyFormats {
		body := scrape.GenerateBody(r.Bits(), format.Name)
		if r.Percent(30) {
			body = mutate(r, body, tokens)
		}
		out = append(out, newExposition(r, body, format.ContentType, ""))
	}
	recorded, err := corpusBodies()
	if err != nil {
		panic(err) // the command runs in the root of the repository
	}
	for range 8 {
		c := recorded[r.Below(len(recorded))]
		body, err := c.bytes("")
		if err != nil {
			panic(err)
		}
		other, err := recorded[r.Below(len(recorded))].bytes("")
		if err != nil {
			panic(err)
		}
		for range r.Between(1, 3) {
			body = mutate(r, body, append(tokens, string(other)))
		}
		out = append(out, newExposition(r, body, c.ContentType, c.Fallback))
	}
	return out
}

func newExposition(r *random.Source, body []byte, contentType, fallback string) any {
	c := map[string]any{"content_type": contentType, "options": expositionOptions{
		ParseST: r.Percent(50), TypeAndUnitLabels: r.Percent(20), IgnoreNativeHistograms: r.Percent(20),
		ConvertClassicToNHCB: r.Percent(40), KeepClassic: r.Percent(30),
	}}
	if fallback != "" {
		c["fallback"] = fallback
	}
	if utf8.Valid(body) {
		c["body"] = string(body)
	} else {
		c["body"], c["body_b64"] = "", base64.StdEncoding.EncodeToString(body)
	}
	return c
}

// tokens are texts that mean something to one of the parsers.
var tokens = []string{
	"\n", " ", "{", "}", "\"", "=", ",", "#", "# EOF\n", "# TYPE a histogram\n", "# UNIT ", "# HELP ", " # {a=\"b\"} 1 2\n", "_created", "_bucket", "_total", "_sum", "_count",
	"le=\"+Inf\"", "le=\"1\"", "NaN", "+Inf", "-1", "1e9", "0x1p3", "1_0", "\\", "\\n", "\x00", "\xff", "é", "\"a.b\"", "\t", "\r\n",
	"\x08", "\x80\x01", "\x12\x00", "\xff\xff\xff\xff\x0f",
}

func mutate(r *random.Source, body []byte, texts []string) []byte {
	at := r.Below(len(body) + 1)
	end := min(at+r.Between(1, 12), len(body))
	switch r.Below(6) {
	case 0:
		return slices.Concat(body[:at], body[end:])
	case 1:
		return slices.Concat(body[:end], body[at:])
	case 2, 3:
		return slices.Concat(body[:at], []byte(texts[r.Below(len(texts))]), body[at:])
	case 4:
		lines := bytes.SplitAfter(body, []byte("\n"))
		i, j := r.Below(len(lines)), r.Below(len(lines))
		lines[i], lines[j] = lines[j], lines[i]
		return slices.Concat(lines...)
	}
	out := slices.Clone(body)
	if at < len(out) {
		out[at] = byte(r.Below(256))
	}
	return out
}
