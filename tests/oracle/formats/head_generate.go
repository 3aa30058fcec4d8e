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

// headWriter draws the operations of one case.
type headWriter struct {
	r       *random.Source
	options headOptions
	series  []*headSeriesState
	now     int64
	step    int64
	calm    bool // long runs of the same, so that chunks fill up
	open    map[string]bool
	ops     []any
}

type headSeriesState struct {
	kind  string
	state *histogramState
}

func generateHead(r *random.Source) []any {
	var out []any
	for range 3 {
		out = append(out, newHeadWriter(r).write())
	}
	return out
}

func newHeadWriter(r *random.Source) *headWriter {
	w := &headWriter{
		r: r, now: 1767225600000 + int64(r.Below(7200000)), step: random.Pick[int64](r, 1, 1000, 15000, 60000, 15000), calm: r.Percent(10), open: map[string]bool{},
	}
	if r.Percent(40) {
		w.options.OutOfOrderWindowMS = random.Pick[int64](r, 600000, 60000, 3600000)
	}
	if r.Percent(50) {
		w.options.MaxExemplars = random.Pick[int64](r, 1, 2, 3, 5, 10)
	}
	w.options.STZeroSamples = r.Percent(25)
	w.options.MetadataWALRecords = r.Percent(25)
	for range r.Between(1, 3) {
		w.series = append(w.series, &headSeriesState{kind: random.Pick(r, "v", "h", "fh"), state: newHistogramState(r)})
	}
	return w
}

func (w *headWriter) write() any {
	names := random.Pick(w.r, []string{"a", "b"}, []string{"a", "b"}, []string{"a"})
	count := w.r.Between(10, random.Pick(w.r, 30, 60))
	if w.calm {
		count, names = 300, names[:1]
	}
	for range count {
		tx := names[w.r.Below(len(names))]
		switch {
		case !w.open[tx]:
			w.add(map[string]any{"op": "begin", "tx": tx})
			w.open[tx] = true
		case w.r.Percent(20):
			w.end(tx)
			continue
		}
		w.add(w.append(tx, w.r.Below(len(w.series))))
	}
	for _, tx := range names {
		if w.open[tx] && w.r.Percent(80) {
			w.end(tx)
		}
	}
	sets := []any{}
	for i := range w.series {
		sets = append(sets, map[string]string{"__name__": "m", "i": fmt.Sprint(i)})
	}
	return map[string]any{"options": w.options, "series": sets, "ops": w.ops}
}

func (w *headWriter) add(op map[string]any) { w.ops = append(w.ops, op) }

func (w *headWriter) end(tx string) {
	op := "commit"
	if w.r.Percent(10) {
		op = "rollback"
	}
	w.add(map[string]any{"op": op, "tx": tx})
	w.open[tx] = false
}

// rarely is true in that many of 100 cases, in a calm writer in a twentieth of them.
func (w *headWriter) rarely(percent int) bool {
	return w.r.Percent(percent) && (!w.calm || w.r.Percent(5))
}

func (w *headWriter) append(tx string, series int) map[string]any {
	t := w.time()
	op := map[string]any{"op": "append", "tx": tx, "series": series, "t": t}
	switch w.r.Below(3) {
	case 0:
		op["ref"] = "last"
	case 1:
		if w.r.Percent(20) {
			op["ref"] = random.Pick(w.r, "2", "2", "9")
		}
	}
	if w.rarely(10) {
		op["reject_out_of_order"] = true
	}
	s := w.series[series]
	if w.rarely(8) {
		s.kind = random.Pick(w.r, "v", "h", "fh")
	}
	w.setValue(op, s)
	if w.r.Percent(30) {
		op["st"] = t - int64(w.r.Below(4)-1)*w.step
	}
	if w.options.MaxExemplars > 0 && w.r.Percent(50) || w.r.Percent(5) {
		op["exemplars"] = w.exemplars(t)
	}
	if w.r.Percent(15) {
		op["meta"] = map[string]string{"type": random.Pick(w.r, "counter", "gauge", "unknown", ""), "unit": random.Pick(w.r, "", "seconds"), "help": random.Pick(w.r, "", "help", "other")}
	}
	return op
}

// time moves on and gives a time, at times one that lies behind or far ahead.
func (w *headWriter) time() int64 {
	if w.r.Percent(66) {
		w.now += w.step
	}
	if !w.rarely(30) {
		return w.now
	}
	switch w.r.Below(9) {
	case 0, 1, 2:
		return w.now - int64(w.r.Below(5))*w.step
	case 3, 4:
		return w.now - int64(w.r.Below(700000))
	case 5, 6, 7:
		return w.now - int64(w.r.Below(8000000))
	}
	w.now += int64(w.r.Below(7200000))
	return w.now
}

func (w *headWriter) setValue(op map[string]any, s *headSeriesState) {
	stale := w.rarely(8)
	marker := math.Float64frombits(value.StaleNaN)
	if s.kind == "v" || stale && w.r.Percent(50) {
		v := random.Pick(w.r, 1, 1, 2, 0, math.Copysign(0, -1), math.NaN(), math.Float64frombits(w.r.Bits()), float64(len(w.ops)))
		if stale {
			v = marker
		}
		op["v"] = notation.Bits(v)
		return
	}
	s.state.evolve(w.calm)
	h := s.state.build(w.calm)
	if stale {
		if w.r.Percent(50) {
			h = &histogram.Histogram{}
		}
		h.Sum = marker
	}
	if s.kind == "h" {
		op["h"] = integerHistogram(h)
		return
	}
	op["fh"] = floatHistogram(w.floats(h))
}

// floats turns a histogram into one of floats, at times with counts that no integer has. Broken layouts stay broken.
func (w *headWriter) floats(h *histogram.Histogram) *histogram.FloatHistogram {
	out := &histogram.FloatHistogram{
		Schema: h.Schema, ZeroThreshold: h.ZeroThreshold, ZeroCount: float64(h.ZeroCount), Count: float64(h.Count), Sum: h.Sum, CustomValues: h.CustomValues,
		PositiveSpans: h.PositiveSpans, NegativeSpans: h.NegativeSpans, PositiveBuckets: sums(h.PositiveBuckets), NegativeBuckets: sums(h.NegativeBuckets),
		CounterResetHint: h.CounterResetHint,
	}
	if w.rarely(10) {
		for i := range out.PositiveBuckets {
			out.PositiveBuckets[i] += random.Pick(w.r, 0, 0.5, 0.25, 1e-9, 0)
		}
	}
	odd := func() float64 { return random.Pick(w.r, math.NaN(), math.Inf(1), -1, 0, math.Copysign(0, -1)) }
	if w.rarely(2) && len(out.PositiveBuckets) > 0 {
		out.PositiveBuckets[0] = odd()
	}
	if w.rarely(2) {
		out.Count = odd()
	}
	if w.rarely(2) {
		out.ZeroCount = odd()
	}
	return out
}

func sums(deltas []int64) []float64 {
	var out []float64
	var sum int64
	for _, d := range deltas {
		sum += d
		out = append(out, float64(sum))
	}
	return out
}

func (w *headWriter) exemplars(t int64) []any {
	var out []any
	for range w.r.Between(1, 3) {
		l := map[string]string{}
		switch w.r.Below(5) {
		case 0, 1:
			l["id"] = fmt.Sprint(w.r.Below(4))
		case 2:
			l["id"], l["empty"] = fmt.Sprint(w.r.Below(4)), ""
		case 3:
			l["id"] = strings.Repeat("é", random.Pick(w.r, 1, 125, 126, 127, 200))
		}
		v := float64(w.r.Below(4))
		if w.r.Percent(5) {
			v = math.NaN()
		}
		out = append(out, map[string]any{"labels": l, "t": t - int64(w.r.Below(4))*w.step, "v": notation.Bits(v)})
	}
	return out
}
