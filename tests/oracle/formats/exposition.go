// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"stalemark.test/oracle/notation"
)

// Exposition is one body and what the parser makes of it.
var Exposition = &Format{
	Path:     "exposition/seeds.jsonl",
	Files:    []string{"exposition/curated-*.jsonl", "exposition/fuzz.jsonl", "exposition/real.jsonl"},
	Record:   recordExposition,
	Generate: generateExposition,
}

type expositionCase struct {
	ContentType string            `json:"content_type"`
	Fallback    string            `json:"fallback,omitempty"`
	Options     expositionOptions `json:"options"`
	Body        string            `json:"body"`
	BodyB64     string            `json:"body_b64,omitempty"`
	BodyFile    string            `json:"body_file,omitempty"`
	Expected    struct {
		Digest         string            `json:"digest"`
		Entries        []json.RawMessage `json:"entries"`
		EntriesPartial bool              `json:"entries_partial"`
	} `json:"expected,omitzero"`
}

type expositionOptions struct {
	ParseST                bool `json:"parse_st,omitempty"`
	TypeAndUnitLabels      bool `json:"type_and_unit_labels,omitempty"`
	IgnoreNativeHistograms bool `json:"ignore_native_histograms,omitempty"`
	ConvertClassicToNHCB   bool `json:"convert_classic_to_nhcb,omitempty"`
	KeepClassic            bool `json:"keep_classic,omitempty"`
}

func (c *expositionCase) bytes(folder string) ([]byte, error) {
	switch {
	case c.BodyFile != "":
		return os.ReadFile(filepath.Join(folder, "real", c.BodyFile))
	case c.BodyB64 != "":
		return base64.StdEncoding.DecodeString(c.BodyB64)
	}
	return []byte(c.Body), nil
}

// errFault is a body on which upstream panics or does not end.
var errFault = errors.New("a fault of upstream's parser")

// entriesMax bounds what a parser may yield that does not move on.
const entriesMax = 200_000

func recordExposition(line []byte, folder string) ([]byte, error) {
	var c expositionCase
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	body, err := c.bytes(folder)
	if err != nil {
		return nil, err
	}
	expected, entries, err := parseInTime(&c, body)
	if err != nil {
		return nil, err
	}
	if c.Expected.Digest != "" {
		summarise(expected, entries, c.Expected.EntriesPartial, len(c.Expected.Entries))
	} else if len(entries) > 0 {
		expected["entries"] = shown(entries)
	}
	return withResults(line, map[string]any{"expected": expected})
}

// timeMax is longer than any body here takes; some make upstream's parser turn on the spot.
const timeMax = 20 * time.Second

// parseInTime is parseBody, with a fault for a panic and for a parser that does not come back. Such a parser goes on until
// the process ends, which has few seeds to do.
func parseInTime(c *expositionCase, body []byte) (expected map[string]any, entries []*entry, err error) {
	done := make(chan struct{})
	var parsed map[string]any
	var read []*entry
	var failure error
	go func() {
		defer close(done)
		defer func() {
			if r := recover(); r != nil {
				failure = fmt.Errorf("%w: %v", errFault, r)
			}
		}()
		parsed, read, failure = parseBody(c, body)
	}()
	select {
	case <-done:
		return parsed, read, failure
	case <-time.After(timeMax):
		return nil, nil, fmt.Errorf("%w: no end within %v", errFault, timeMax)
	}
}

func parserOptions(c *expositionCase) textparse.ParserOptions {
	return textparse.ParserOptions{
		EnableTypeAndUnitLabels:                 c.Options.TypeAndUnitLabels,
		IgnoreNativeHistograms:                  c.Options.IgnoreNativeHistograms,
		ConvertClassicHistogramsToNHCB:          c.Options.ConvertClassicToNHCB,
		KeepClassicOnClassicAndNativeHistograms: c.Options.KeepClassic,
		OpenMetricsSkipSTSeries:                 c.Options.ParseST,
		FallbackContentType:                     c.Fallback,
	}
}

// parserName tells the parser by its type; one that converts histograms hides the parser below.
func parserName(c *expositionCase) string {
	plain := parserOptions(c)
	plain.ConvertClassicHistogramsToNHCB = false
	p, _ := textparse.New(nil, c.ContentType, labels.NewSymbolTable(), plain)
	switch p.(type) {
	case *textparse.PromParser:
		return "text"
	case *textparse.OpenMetricsParser:
		return "openmetrics"
	case *textparse.ProtobufParser:
		return "protobuf"
	}
	return ""
}

func parseBody(c *expositionCase, body []byte) (map[string]any, []*entry, error) {
	expected := map[string]any{}
	p, err := textparse.New(body, c.ContentType, labels.NewSymbolTable(), parserOptions(c))
	if err != nil {
		expected["new_error"] = err.Error()
	}
	if p == nil {
		return expected, nil, nil
	}
	expected["parser"] = parserName(c)
	var entries []*entry
	for {
		kind, err := p.Next()
		if errors.Is(err, io.EOF) {
			return expected, entries, nil
		}
		if err != nil {
			setText(expected, "error", err.Error())
			return expected, entries, nil
		}
		e := readEntry(p, kind, c.Options.ParseST)
		entries = append(entries, e)
		if e.nilHistogram {
			expected["stopped"] = "nil_histogram"
			return expected, entries, nil
		}
		if len(entries) > entriesMax {
			return nil, nil, fmt.Errorf("%w: no end after %d entries", errFault, entriesMax)
		}
	}
}

// entry is one thing that a parser yields.
type entry struct {
	kind, name, text, series string
	labels                   []labels.Label
	t                        *int64
	v                        float64
	h                        *histogram.Histogram
	fh                       *histogram.FloatHistogram
	nilHistogram             bool
	st                       int64
	exemplars                []exemplar.Exemplar
}

func readEntry(p textparse.Parser, kind textparse.Entry, parseST bool) *entry {
	e := &entry{}
	var name, text []byte
	switch kind {
	case textparse.EntryType:
		n, t := p.Type()
		e.kind, name, text = "type", n, []byte(t)
	case textparse.EntryHelp:
		e.kind = "help"
		name, text = p.Help()
	case textparse.EntryUnit:
		e.kind = "unit"
		name, text = p.Unit()
	case textparse.EntryComment:
		e.kind, text = "comment", p.Comment()
	default:
		readSample(p, kind, parseST, e)
	}
	e.name, e.text = string(name), string(text)
	return e
}

func readSample(p textparse.Parser, kind textparse.Entry, parseST bool, e *entry) {
	var series []byte
	var t *int64
	if kind == textparse.EntryHistogram {
		e.kind = "histogram"
		var h *histogram.Histogram
		var fh *histogram.FloatHistogram
		series, t, h, fh = p.Histogram()
		if h != nil {
			e.h = h.Copy()
		}
		if fh != nil {
			e.fh = fh.Copy()
		}
		e.nilHistogram = h == nil && fh == nil
	} else {
		e.kind = "series"
		series, t, e.v = p.Series()
	}
	e.series = string(series)
	if t != nil {
		at := *t
		e.t = &at
	}
	var l labels.Labels
	p.Labels(&l)
	l.Range(func(l labels.Label) { e.labels = append(e.labels, l) })
	if e.nilHistogram {
		return
	}
	if parseST {
		e.st = p.StartTimestamp()
	}
	var x exemplar.Exemplar
	for p.Exemplar(&x) {
		e.exemplars = append(e.exemplars, x)
		x = exemplar.Exemplar{}
	}
}

func shown(entries []*entry) []any {
	var out []any
	for _, e := range entries {
		out = append(out, e.json())
	}
	return out
}

func (e *entry) json() map[string]any {
	out := map[string]any{"kind": e.kind}
	switch e.kind {
	case "comment":
		setText(out, "text", e.text)
		return out
	case "type", "help", "unit":
		setText(out, "name", e.name)
		setText(out, "text", e.text)
		return out
	}
	setLabels(out, e.labels)
	setText(out, "series", e.series)
	if e.t != nil {
		out["t"] = *e.t
	}
	switch {
	case e.nilHistogram:
		out["nil_histogram"] = true
	case e.h != nil:
		out["h"] = integerHistogram(e.h)
	case e.fh != nil:
		out["fh"] = floatHistogram(e.fh)
	default:
		out["v"] = notation.Bits(e.v)
	}
	if e.st != 0 {
		out["st"] = e.st
	}
	if len(e.exemplars) > 0 {
		out["exemplars"] = exemplarsJSON(e.exemplars)
	}
	return out
}

func exemplarsJSON(in []exemplar.Exemplar) []any {
	var out []any
	for _, x := range in {
		one := map[string]any{"v": notation.Bits(x.Value)}
		pairs := []labels.Label{}
		x.Labels.Range(func(l labels.Label) { pairs = append(pairs, l) })
		setLabels(one, pairs)
		if x.HasTs {
			one["t"] = x.Ts
		}
		out = append(out, one)
	}
	return out
}

// setText sets a text, or its base64 where it is not UTF-8.
func setText(out map[string]any, key, text string) {
	if utf8.ValidString(text) {
		out[key] = text
		return
	}
	out[key+"_b64"] = base64.StdEncoding.EncodeToString([]byte(text))
}

func setLabels(out map[string]any, in []labels.Label) {
	valid := true
	for _, l := range in {
		valid = valid && utf8.ValidString(l.Name) && utf8.ValidString(l.Value)
	}
	key, pairs := "labels", [][2]string{}
	for _, l := range in {
		pair := [2]string{l.Name, l.Value}
		if !valid {
			key = "labels_b64"
			pair = [2]string{base64.StdEncoding.EncodeToString([]byte(l.Name)), base64.StdEncoding.EncodeToString([]byte(l.Value))}
		}
		pairs = append(pairs, pair)
	}
	out[key] = pairs
}
