// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"github.com/prometheus/prometheus/model/histogram"

	"stalemark.test/oracle/notation"
)

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
		Schema: h.Schema, ZeroThreshold: notation.Bits(h.ZeroThreshold), Sum: notation.Bits(h.Sum), ZeroCount: h.ZeroCount, Count: h.Count,
		PositiveSpans: notation.Spans(h.PositiveSpans), NegativeSpans: notation.Spans(h.NegativeSpans),
		PositiveBuckets: notation.Absolute(h.PositiveBuckets), NegativeBuckets: notation.Absolute(h.NegativeBuckets),
		CustomValues: notation.AllBits(h.CustomValues), CounterResetHint: hintNames[h.CounterResetHint],
	}
}

func floatHistogram(h *histogram.FloatHistogram) histogramText {
	return histogramText{
		Schema: h.Schema, ZeroThreshold: notation.Bits(h.ZeroThreshold), Sum: notation.Bits(h.Sum), ZeroCount: notation.Bits(h.ZeroCount), Count: notation.Bits(h.Count),
		PositiveSpans: notation.Spans(h.PositiveSpans), NegativeSpans: notation.Spans(h.NegativeSpans),
		PositiveBuckets: notation.Counts(h.PositiveBuckets), NegativeBuckets: notation.Counts(h.NegativeBuckets),
		CustomValues: notation.AllBits(h.CustomValues), CounterResetHint: hintNames[h.CounterResetHint],
	}
}
