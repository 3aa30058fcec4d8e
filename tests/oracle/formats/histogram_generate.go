// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"maps"
	"math"
	"slices"

	"github.com/prometheus/prometheus/model/histogram"

	"stalemark.test/oracle/random"
)

const customSchema = -53

// histogramState is a histogram as an exporter would count it.
type histogramState struct {
	r                  *random.Source
	schema             int32
	zeroThreshold      float64
	zeroCount          int64
	positive, negative map[int]int64 // counts by the index of the bucket
	bounds             []float64     // of custom buckets
	gauge              bool
	sum                float64
}

func newHistogramState(r *random.Source) *histogramState {
	s := &histogramState{
		r: r, schema: random.Pick[int32](r, 0, 0, 0, 3, -4, 8, customSchema, customSchema), positive: map[int]int64{}, negative: map[int]int64{}, gauge: r.Percent(20),
	}
	if s.schema == customSchema {
		bound := random.Pick(r, -1.5, 0, 0.001, 0.25, 100, 33554.43, 1e9)
		for range r.Below(6) {
			s.bounds = append(s.bounds, bound)
			bound += random.Pick(r, 0.001, 0.1, 1, 2.5, 1000, 1e7, 0.3)
		}
	} else {
		s.zeroThreshold = random.Pick(r, 0, 0.001, 1, 0x1p-128, 0x1p10, 0x1p11, 1e-10)
		s.zeroCount = int64(r.Below(5))
	}
	s.count(5)
	return s
}

func (s *histogramState) bucket() int {
	if s.schema == customSchema {
		return s.r.Below(len(s.bounds) + 1)
	}
	return s.r.Below(12) - 4 + random.Pick(s.r, 0, 0, 0, 0, 0, 20, -30)
}

// count adds observations.
func (s *histogramState) count(times int) {
	for range times {
		side := s.positive
		if s.schema != customSchema && s.r.Percent(33) {
			side = s.negative
		}
		side[s.bucket()] += random.Pick[int64](s.r, 0, 1, 1, 1, 2, 10, 300, 100000)
	}
	if s.schema != customSchema && s.r.Percent(50) {
		s.zeroCount += int64(s.r.Below(3))
	}
	s.sum += float64(s.r.Below(1000)) / 7
}

// evolve changes the histogram, mostly by some observations; calm: nearly always.
func (s *histogramState) evolve(calm bool) {
	if calm && s.r.Percent(95) {
		s.count(s.r.Between(1, 2))
		return
	}
	switch s.r.Below(24) {
	case 0:
		*s = *newHistogramState(s.r)
	case 1:
		s.change(func(int64) int64 { return 0 })
	case 2:
		s.change(func(n int64) int64 { return max(n-1, 0) })
	case 3:
		s.zeroCount = max(s.zeroCount-1, 0)
	case 4:
		s.positive = map[int]int64{}
	case 5:
		if s.schema != customSchema {
			s.zeroThreshold = random.Pick(s.r, 0, 0.001, 1)
		}
	case 6:
		s.gauge = !s.gauge
	case 7: // the same again
	case 8:
		for _, side := range []map[int]int64{s.positive, s.negative} {
			maps.DeleteFunc(side, func(_ int, n int64) bool { return n == 0 })
		}
	case 9:
		if n := len(s.bounds); n > 0 && s.r.Percent(33) {
			s.bounds = append(slices.Clone(s.bounds[:n-1]), s.bounds[n-1]+1)
		}
	case 10:
		if s.schema >= 0 && s.r.Percent(33) {
			s.schema = random.Pick[int32](s.r, 0, 3)
		}
	default:
		s.count(s.r.Between(1, 3))
	}
}

// change changes the count of one bucket.
func (s *histogramState) change(to func(int64) int64) {
	indexes := slices.Sorted(maps.Keys(s.positive))
	if len(indexes) > 0 {
		i := indexes[s.r.Below(len(indexes))]
		s.positive[i] = to(s.positive[i])
	}
}

func (s *histogramState) hint(calm bool) histogram.CounterResetHint {
	switch {
	case s.gauge:
		return histogram.GaugeType
	case s.r.Percent(80) || calm && s.r.Percent(95):
		return histogram.UnknownCounterReset
	}
	return random.Pick(s.r, histogram.NotCounterReset, histogram.CounterReset)
}

// build gives the histogram as it would be scraped; now and then one that is broken.
func (s *histogramState) build(calm bool) *histogram.Histogram {
	h := &histogram.Histogram{
		Schema: s.schema, ZeroThreshold: s.zeroThreshold, ZeroCount: uint64(s.zeroCount), Sum: s.sum, CounterResetHint: s.hint(calm), CustomValues: slices.Clone(s.bounds),
	}
	total := s.zeroCount
	h.PositiveSpans, h.PositiveBuckets = s.layout(s.positive, &total)
	h.NegativeSpans, h.NegativeBuckets = s.layout(s.negative, &total)
	h.Count = uint64(total)
	if s.r.Percent(3) {
		h.Sum = random.Pick(s.r, math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1))
		if s.r.Percent(50) {
			h.Count += 3
		}
	}
	if !calm && s.r.Percent(3) {
		s.damage(h)
	}
	return h
}

// layout gives the spans and the deltas of a side; there is more than one way to write it.
func (s *histogramState) layout(side map[int]int64, total *int64) (spans []histogram.Span, deltas []int64) {
	next, before := 0, int64(0)
	for n, i := range slices.Sorted(maps.Keys(side)) {
		gap := i - next
		if n > 0 && gap == 0 && !s.r.Percent(8) {
			spans[len(spans)-1].Length++
		} else {
			if n > 0 && gap > 1 && s.r.Percent(12) { // an empty span in between
				spans, gap = append(spans, histogram.Span{Offset: int32(gap - 1)}), 1
			}
			spans = append(spans, histogram.Span{Offset: int32(gap), Length: 1})
		}
		deltas = append(deltas, side[i]-before)
		next, before = i+1, side[i]
		*total += side[i]
	}
	if len(spans) > 0 && s.r.Percent(6) {
		spans = append(spans, histogram.Span{Offset: 2})
	}
	return spans, deltas
}

func (s *histogramState) damage(h *histogram.Histogram) {
	switch s.r.Below(6) {
	case 0:
		h.Count++
	case 1:
		h.Schema = random.Pick[int32](s.r, 9, -5, 100, customSchema)
	case 2:
		if len(h.PositiveSpans) > 0 {
			h.PositiveSpans[0].Length++
		}
	case 3:
		if len(h.PositiveSpans) > 1 {
			h.PositiveSpans[1].Offset = -3
		}
	case 4:
		if len(h.PositiveBuckets) > 0 {
			h.PositiveBuckets[0] = -5
		}
	case 5:
		h.CustomValues = append(h.CustomValues, random.Pick(s.r, math.NaN(), math.Inf(1), -1e9))
	}
}
