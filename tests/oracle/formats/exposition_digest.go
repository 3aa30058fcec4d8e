// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"fmt"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/prometheus/prometheus/model/labels"

	"stalemark.test/oracle/notation"
)

// summarise gives the counts and the digest of all entries, and as many entries as the case shows.
func summarise(expected map[string]any, entries []*entry, partial bool, show int) {
	counts := map[string]int{"exemplar": 0}
	var d digest
	for _, e := range entries {
		counts[e.kind]++
		counts["exemplar"] += len(e.exemplars)
		d.entry(e)
	}
	failure, _ := expected["error"].(string)
	d.raw("E")
	d.str(failure)
	expected["counts"] = counts
	expected["digest"] = fmt.Sprintf("%016x", xxhash.Sum64String(d.String()))
	if partial {
		expected["entries_partial"] = true
		entries = entries[:min(show, len(entries))]
	}
	expected["entries"] = shown(entries)
}

// digest is the text that exposition/FORMAT.md describes.
type digest struct{ strings.Builder }

func (d *digest) raw(s string) { d.WriteString(s + ",") }
func (d *digest) num(n int64)  { fmt.Fprintf(d, "%d,", n) }
func (d *digest) str(s string) { fmt.Fprintf(d, "%d:%s,", len(s), s) }

func (d *digest) opt(n *int64) {
	if n == nil {
		d.raw("-")
		return
	}
	d.num(*n)
}

func (d *digest) labels(in []labels.Label) {
	d.num(int64(len(in)))
	for _, l := range in {
		d.str(l.Name)
		d.str(l.Value)
	}
}

func (d *digest) entry(e *entry) {
	switch e.kind {
	case "comment":
		d.raw("C")
	case "type", "help", "unit":
		d.raw(strings.ToUpper(e.kind[:1]))
		d.str(e.name)
		d.str(e.text)
	default:
		d.sample(e)
	}
	d.WriteString("\n")
}

func (d *digest) sample(e *entry) {
	d.raw("S")
	d.str(e.series)
	d.labels(e.labels)
	d.opt(e.t)
	switch {
	case e.h != nil:
		d.histogram("h", integerHistogram(e.h))
	case e.fh != nil:
		d.histogram("f", floatHistogram(e.fh))
	default:
		d.raw(notation.Bits(e.v))
	}
	if e.st == 0 {
		d.opt(nil)
	} else {
		d.opt(&e.st)
	}
	d.num(int64(len(e.exemplars)))
	for _, x := range e.exemplars {
		var pairs []labels.Label
		x.Labels.Range(func(l labels.Label) { pairs = append(pairs, l) })
		d.labels(pairs)
		d.raw(notation.Bits(x.Value))
		if x.HasTs {
			d.opt(&x.Ts)
		} else {
			d.opt(nil)
		}
	}
}

func (d *digest) histogram(letter string, h histogramText) {
	d.raw(letter)
	d.num(int64(h.Schema))
	d.raw(h.ZeroThreshold)
	d.raw(fmt.Sprint(h.ZeroCount))
	d.raw(fmt.Sprint(h.Count))
	d.raw(h.Sum)
	for _, side := range []struct {
		spans   [][2]int64
		buckets []any
	}{{h.PositiveSpans, h.PositiveBuckets}, {h.NegativeSpans, h.NegativeBuckets}} {
		d.num(int64(len(side.spans)))
		for _, s := range side.spans {
			d.num(s[0])
			d.num(s[1])
		}
		d.num(int64(len(side.buckets)))
		for _, b := range side.buckets {
			d.raw(fmt.Sprint(b))
		}
	}
	d.num(int64(len(h.CustomValues)))
	for _, v := range h.CustomValues {
		d.raw(v)
	}
	d.str(h.CounterResetHint)
}
