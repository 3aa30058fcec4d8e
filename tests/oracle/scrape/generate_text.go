// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"

	"stalemark.test/oracle/random"
)

// textWriter writes families in the text format or in OpenMetrics.
type textWriter struct {
	g    *generator
	open bool
	out  strings.Builder
}

func (g *generator) text(f *families) []byte {
	w := &textWriter{g: g}
	for _, one := range f.list {
		w.family(one)
	}
	if g.Percent(5) {
		w.out.WriteString(random.Pick(g.Source, "# a comment\n", "\n", "  \n", "# TYPE\n", "# EOF\n", "#\n"))
	}
	return []byte(w.out.String())
}

func (g *generator) openMetrics(f *families) []byte {
	w := &textWriter{g: g, open: true}
	for _, one := range f.list {
		w.family(one)
	}
	if !g.Percent(2) {
		w.out.WriteString("# EOF\n")
	}
	return []byte(w.out.String())
}

// nativeless is the type that a text shows for a family with native histograms.
func nativeless(kind string) string {
	if kind == "native" {
		return "histogram"
	}
	return kind
}

func (w *textWriter) family(f *family) {
	kind := nativeless(f.kind)
	if !w.open {
		switch kind {
		case "unknown":
			kind = "untyped"
		case "info", "stateset":
			kind = "gauge"
		}
	}
	name := quotedName(f.name)
	if f.help != "" {
		help := strings.NewReplacer("\\", "\\\\", "\n", "\\n").Replace(f.help)
		if w.open {
			help = strings.ReplaceAll(help, "\"", "\\\"")
		}
		fmt.Fprintf(&w.out, "# HELP %s %s\n", name, help)
	}
	if f.typed {
		fmt.Fprintf(&w.out, "# TYPE %s %s\n", name, kind)
	}
	if f.unit != "" && w.open {
		fmt.Fprintf(&w.out, "# UNIT %s %s\n", name, f.unit)
	}
	for _, s := range f.series {
		w.series(f, kind, s)
		if s.again {
			w.series(f, kind, s)
		}
	}
}

func (w *textWriter) series(f *family, kind string, s *series) {
	switch kind {
	case "counter":
		suffix := ""
		if w.open {
			suffix = "_total"
		}
		w.sample(f.name+suffix, s, nil, s.value, true)
		w.created(f, s)
	case "histogram", "gaugehistogram":
		w.buckets(f, kind, s)
	case "summary":
		for _, q := range []string{"0.5", "0.99"} {
			w.sample(f.name, s, &[2]string{"quantile", q}, s.value, false)
		}
		w.sample(f.name+"_sum", s, nil, s.sum, false)
		w.sample(f.name+"_count", s, nil, float64(total(s.counts)), false)
		w.created(f, s)
	case "info":
		w.sample(f.name+"_info", s, nil, 1, false)
	case "stateset":
		w.sample(f.name, s, &[2]string{f.name, "on"}, float64(int(math.Abs(s.value))%2), false)
	default:
		w.sample(f.name, s, nil, s.value, kind == "gauge" || kind == "unknown")
	}
}

func (w *textWriter) buckets(f *family, kind string, s *series) {
	var sum uint64
	for i, b := range bounds {
		sum += s.counts[i]
		le := strconv.FormatFloat(b, 'g', -1, 64)
		if w.open && b == 1 || w.g.Percent(10) && b == 1 {
			le = "1.0"
		}
		if math.IsInf(b, 1) {
			le = "+Inf"
		}
		w.sample(f.name+"_bucket", s, &[2]string{"le", le}, float64(sum), true)
	}
	prefix := "_"
	if kind == "gaugehistogram" {
		prefix = "_g"
	}
	w.sample(f.name+prefix+"sum", s, nil, s.sum, false)
	w.sample(f.name+prefix+"count", s, nil, float64(sum), false)
	w.created(f, s)
}

func (w *textWriter) created(f *family, s *series) {
	if !w.open || s.created == 0 {
		return
	}
	at := float64(w.g.c.StartMS)/1000 - float64(s.created)
	plain := *s
	plain.timed = false
	w.sample(f.name+"_created", &plain, nil, at, false)
}

// sample writes one line.
func (w *textWriter) sample(name string, s *series, extra *[2]string, v float64, exemplars bool) {
	var pairs []string
	quoted := !model.LegacyValidation.IsValidMetricName(name)
	if quoted {
		pairs = append(pairs, quote(name))
	} else {
		w.out.WriteString(name)
	}
	for _, l := range s.labels {
		pairs = append(pairs, quotedName(l[0])+"="+quote(l[1]))
	}
	if extra != nil {
		pairs = append(pairs, quotedName(extra[0])+"="+quote(extra[1]))
	}
	fmt.Fprintf(&w.out, "{%s} %s", strings.Join(pairs, ","), w.number(v))
	if s.timed {
		at := w.g.c.StartMS + s.time
		if w.open {
			fmt.Fprintf(&w.out, " %d.%03d", at/1000, at%1000)
		} else {
			fmt.Fprintf(&w.out, " %d", at)
		}
	}
	if w.open && exemplars && s.exemplar {
		w.exemplar(s)
	}
	w.out.WriteString("\n")
}

func (w *textWriter) exemplar(s *series) {
	fmt.Fprintf(&w.out, " # {trace_id=\"%d\"} %s", w.g.Below(4), w.number(s.sum+0.25))
	if w.g.Percent(50) {
		at := w.g.c.StartMS + int64(w.g.Between(-1000, 20_000))
		fmt.Fprintf(&w.out, " %d.%03d", at/1000, at%1000)
	}
}

func (w *textWriter) number(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "+Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	}
	if w.g.Percent(3) {
		return strconv.FormatFloat(v, byte(random.Pick(w.g.Source, 'e', 'f')), -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

func quote(s string) string {
	return "\"" + strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\"", "\\\"").Replace(s) + "\""
}

func quotedName(name string) string {
	if model.LegacyValidation.IsValidMetricName(name) {
		return name
	}
	return quote(name)
}
