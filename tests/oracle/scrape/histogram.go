// SPDX-License-Identifier: Apache-2.0

package scrape

import "github.com/prometheus/prometheus/model/histogram"

// histogramValue is a histogram in the documented form; T is uint64 or the bits of a float.
type histogramValue struct {
	Schema           int32    `json:"schema"`
	ZeroThreshold    string   `json:"zero_threshold"`
	ZeroCount        any      `json:"zero_count"`
	Count            any      `json:"count"`
	Sum              string   `json:"sum"`
	PositiveSpans    [][2]int `json:"positive_spans,omitempty"`
	PositiveCounts   []any    `json:"positive_counts,omitempty"`
	NegativeSpans    [][2]int `json:"negative_spans,omitempty"`
	NegativeCounts   []any    `json:"negative_counts,omitempty"`
	CustomValues     []string `json:"custom_values,omitempty"`
	CounterResetHint string   `json:"counter_reset_hint"`
}

var hintNames = map[histogram.CounterResetHint]string{
	histogram.UnknownCounterReset: "unknown",
	histogram.CounterReset:        "reset",
	histogram.NotCounterReset:     "not_reset",
	histogram.GaugeType:           "gauge",
}

func integerHistogram(h *histogram.Histogram) histogramValue {
	return histogramValue{
		Schema: h.Schema, ZeroThreshold: bits(h.ZeroThreshold), ZeroCount: h.ZeroCount, Count: h.Count, Sum: bits(h.Sum),
		PositiveSpans: spans(h.PositiveSpans), PositiveCounts: absolute(h.PositiveBuckets),
		NegativeSpans: spans(h.NegativeSpans), NegativeCounts: absolute(h.NegativeBuckets),
		CustomValues: allBits(h.CustomValues), CounterResetHint: hintNames[h.CounterResetHint],
	}
}

func floatHistogram(h *histogram.FloatHistogram) histogramValue {
	return histogramValue{
		Schema: h.Schema, ZeroThreshold: bits(h.ZeroThreshold), ZeroCount: bits(h.ZeroCount), Count: bits(h.Count), Sum: bits(h.Sum),
		PositiveSpans: spans(h.PositiveSpans), PositiveCounts: anyBits(h.PositiveBuckets),
		NegativeSpans: spans(h.NegativeSpans), NegativeCounts: anyBits(h.NegativeBuckets),
		CustomValues: allBits(h.CustomValues), CounterResetHint: hintNames[h.CounterResetHint],
	}
}

func spans(in []histogram.Span) [][2]int {
	var out [][2]int
	for _, s := range in {
		out = append(out, [2]int{int(s.Offset), int(s.Length)})
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
