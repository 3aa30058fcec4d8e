// SPDX-License-Identifier: Apache-2.0

package formats

import "github.com/prometheus/prometheus/model/histogram"

// histogramText is a histogram as in exposition/ and tsdb/.
type histogramText struct {
	Schema           int32      `json:"schema"`
	ZeroThreshold    string     `json:"zero_threshold"`
	Sum              string     `json:"sum"`
	ZeroCount        any        `json:"zero_count"`
	Count            any        `json:"count"`
	PositiveSpans    [][2]int64 `json:"positive_spans,omitempty"`
	NegativeSpans    [][2]int64 `json:"negative_spans,omitempty"`
	PositiveBuckets  []any      `json:"positive_buckets,omitempty"`
	NegativeBuckets  []any      `json:"negative_buckets,omitempty"`
	CustomValues     []string   `json:"custom_values,omitempty"`
	CounterResetHint string     `json:"counter_reset_hint,omitempty"`
}

var hintNames = map[histogram.CounterResetHint]string{
	histogram.CounterReset: "counter_reset", histogram.NotCounterReset: "not_counter_reset", histogram.GaugeType: "gauge",
}

func integerHistogram(h *histogram.Histogram) histogramText {
	return histogramText{
		Schema: h.Schema, ZeroThreshold: bits(h.ZeroThreshold), Sum: bits(h.Sum), ZeroCount: h.ZeroCount, Count: h.Count,
		PositiveSpans: spans(h.PositiveSpans), NegativeSpans: spans(h.NegativeSpans),
		PositiveBuckets: absolute(h.PositiveBuckets), NegativeBuckets: absolute(h.NegativeBuckets),
		CustomValues: allBits(h.CustomValues), CounterResetHint: hintNames[h.CounterResetHint],
	}
}

func floatHistogram(h *histogram.FloatHistogram) histogramText {
	return histogramText{
		Schema: h.Schema, ZeroThreshold: bits(h.ZeroThreshold), Sum: bits(h.Sum), ZeroCount: bits(h.ZeroCount), Count: bits(h.Count),
		PositiveSpans: spans(h.PositiveSpans), NegativeSpans: spans(h.NegativeSpans),
		PositiveBuckets: anyBits(h.PositiveBuckets), NegativeBuckets: anyBits(h.NegativeBuckets),
		CustomValues: allBits(h.CustomValues), CounterResetHint: hintNames[h.CounterResetHint],
	}
}

func spans(in []histogram.Span) [][2]int64 {
	var out [][2]int64
	for _, s := range in {
		out = append(out, [2]int64{int64(s.Offset), int64(s.Length)})
	}
	return out
}

func absolute(deltas []int64) []any {
	var out []any
	var sum int64
	for _, d := range deltas {
		sum += d
		out = append(out, sum)
	}
	return out
}

func anyBits(in []float64) []any {
	var out []any
	for _, v := range in {
		out = append(out, bits(v))
	}
	return out
}

func allBits(in []float64) []string {
	var out []string
	for _, v := range in {
		out = append(out, bits(v))
	}
	return out
}
