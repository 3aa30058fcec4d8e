// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"fmt"
	"math"
	"strings"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/value"

	"stalemark.test/oracle/notation"
	"stalemark.test/oracle/random"
)

const casesStart = 1767225600000

var recordKinds = []string{
	"series", "samples", "exemplars", "metadata", "mmap_markers", "histograms", "float_histograms", "samples_st", "histograms_st", "float_histograms_st",
}

func generateRecords(r *random.Source) []any {
	var out []any
	for range 4 {
		kind := random.Pick(r, recordKinds...)
		out = append(out, map[string]any{"kind": kind, "entries": newEntryStream(r).entries(kind, r.Between(1, 6))})
	}
	return out
}

// entryStream draws entries whose references and times wander as those of a log.
type entryStream struct {
	r         *random.Source
	ref       uint64
	t         int64
	refsBelow uint64 // 0: any
}

func newEntryStream(r *random.Source) *entryStream {
	return &entryStream{r: r, ref: uint64(r.Between(1, 300)), t: casesStart}
}

func (s *entryStream) entries(kind string, n int) []any {
	out := []any{}
	for range n {
		out = append(out, s.entry(kind))
	}
	return out
}

func (s *entryStream) entry(kind string) map[string]any {
	r := s.r
	if s.refsBelow > 0 {
		s.ref = uint64(r.Below(int(s.refsBelow))) + 1
	} else {
		s.ref = random.Pick(r, s.ref+1, s.ref+1, s.ref, s.ref+uint64(r.Below(1000)), s.ref/2+1, uint64(1)<<uint(r.Below(50)))
	}
	s.t += random.Pick[int64](r, 0, 0, 0, 1, -1, 15000, 14999, -15000, int64(r.Below(1<<40)), -int64(r.Below(1<<30)))
	e := map[string]any{"ref": s.ref}
	kind, startTimes := strings.CutSuffix(kind, "_st")
	switch kind {
	case "series":
		e["labels"] = drawnLabels(r, true)
		return e
	case "metadata":
		setText(e, "type", random.Pick(r, "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown", ""))
		setText(e, "unit", random.Pick(r, "", "", "bytes", "s", "µs"))
		setText(e, "help", random.Pick(r, "", "Help.", "é\n\\", strings.Repeat("long ", r.Below(60))))
		return e
	case "mmap_markers":
		e["mmap_ref"] = r.Bits() >> uint(r.Below(60)+4)
		return e
	}
	setNumber(e, "t", random.Pick(r, s.t, s.t, s.t, s.t, s.t, s.t, s.t, 0, -1))
	if startTimes || r.Percent(10) {
		setNumber(e, "st", random.Pick(r, 0, s.t, s.t-1, s.t-15000, casesStart, casesStart, 1, int64(r.Below(1<<30))))
	}
	switch kind {
	case "samples":
		e["v"] = drawnValue(r)
	case "exemplars":
		e["v"], e["labels"] = drawnValue(r), drawnLabels(r, false)
	default:
		drawnHistogram(r, e, kind == "float_histograms")
	}
	return e
}

// drawnHistogram sets h or fh: a histogram as counted, or a stale one.
func drawnHistogram(r *random.Source, e map[string]any, asFloats bool) {
	h := newHistogramState(r).build(true)
	switch {
	case r.Percent(8):
		setStale(e, asFloats)
	case asFloats:
		fh := h.ToFloat(nil)
		if r.Percent(30) && len(fh.PositiveBuckets) > 0 {
			fh.PositiveBuckets[0] += 0.25
			fh.Count += 0.25
		}
		e["fh"] = floatHistogram(fh)
	default:
		e["h"] = integerHistogram(h)
	}
}

// setStale sets h or fh to a stale marker.
func setStale(e map[string]any, asFloats bool) {
	stale := math.Float64frombits(value.StaleNaN)
	if asFloats {
		e["fh"] = floatHistogram(&histogram.FloatHistogram{Sum: stale})
	} else {
		e["h"] = integerHistogram(&histogram.Histogram{Sum: stale})
	}
}

func setNumber(fields map[string]any, name string, n int64) {
	if n != 0 {
		fields[name] = n
	}
}

func drawnValue(r *random.Source) string {
	return random.Pick(r, notation.Bits(float64(r.Below(1000))), notation.Bits(float64(r.Below(1000))/8), fmt.Sprintf("%016x", r.Bits()),
		"7ff0000000000002", "7ff8000000000001", "8000000000000000", "0000000000000000", notation.Bits(math.Inf(-1)))
}

// drawnLabels draws a label set, with a name or not.
func drawnLabels(r *random.Source, named bool) map[string]string {
	out := map[string]string{}
	if named {
		out["__name__"] = random.Pick(r, "up", "http_requests_total", "m", "größe.x", "a:b")
	}
	for range r.Below(5) {
		name := random.Pick(r, "job", "instance", "A", "z", "x-y", "é", "__type__", "__unit__", "trace_id", "region")
		out[name] = random.Pick(r, "x", "h:1", "h:2", "", "ü", strings.Repeat("v", r.Below(300)), fmt.Sprint(r.Below(50)))
	}
	return out
}
