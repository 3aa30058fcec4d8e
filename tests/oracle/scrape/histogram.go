// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"github.com/prometheus/prometheus/model/histogram"

	"stalemark.test/oracle/notation"
)

// histogramValue is a histogram in the documented form; T is uint64 or the bits of a float.
type histogramValue struct {
	Schema           int32      `json:"schema"`
	ZeroThreshold    string     `json:"zero_threshold"`
	ZeroCount        any        `json:"zero_count"`
	Count            any        `json:"count"`
	Sum              string     `json:"sum"`
	PositiveSpans    [][2]int64 `json:"positive_spans,omitempty"`
	PositiveCounts   []any      `json:"positive_counts,omitempty"`
	NegativeSpans    [][2]int64 `json:"negative_spans,omitempty"`
	NegativeCounts   []any      `json:"negative_counts,omitempty"`
	CustomValues     []string   `json:"custom_values,omitempty"`
	CounterResetHint string     `json:"counter_reset_hint"`
}

var hintNames = map[histogram.CounterResetHint]string{
	histogram.UnknownCounterReset: "unknown",
	histogram.CounterReset:        "reset",
	histogram.NotCounterReset:     "not_reset",
	histogram.GaugeType:           "gauge",
}

func integerHistogram(h *histogram.Histogram) histogramValue {
	return histogramValue{
		Schema: h.Schema, ZeroThreshold: notation.Bits(h.ZeroThreshold), ZeroCount: h.ZeroCount, Count: h.Count, Sum: notation.Bits(h.Sum),
		PositiveSpans: notation.Spans(h.PositiveSpans), PositiveCounts: notation.Absolute(h.PositiveBuckets),
		NegativeSpans: notation.Spans(h.NegativeSpans), NegativeCounts: notation.Absolute(h.NegativeBuckets),
		CustomValues: notation.AllBits(h.CustomValues), CounterResetHint: hintNames[h.CounterResetHint],
	}
}

func floatHistogram(h *histogram.FloatHistogram) histogramValue {
	return histogramValue{
		Schema: h.Schema, ZeroThreshold: notation.Bits(h.ZeroThreshold), ZeroCount: notation.Bits(h.ZeroCount), Count: notation.Bits(h.Count), Sum: notation.Bits(h.Sum),
		PositiveSpans: notation.Spans(h.PositiveSpans), PositiveCounts: notation.Counts(h.PositiveBuckets),
		NegativeSpans: notation.Spans(h.NegativeSpans), NegativeCounts: notation.Counts(h.NegativeBuckets),
		CustomValues: notation.AllBits(h.CustomValues), CounterResetHint: hintNames[h.CounterResetHint],
	}
}
