// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/prometheus/prometheus/model/histogram"
)

// histogramInput is a histogram as a case gives it; a stale one has nothing but its sum.
type histogramInput[Count any] struct {
	Schema           int32      `json:"schema"`
	ZeroThreshold    bitsText   `json:"zero_threshold"`
	Sum              bitsText   `json:"sum"`
	ZeroCount        Count      `json:"zero_count"`
	Count            Count      `json:"count"`
	PositiveSpans    []spanIn   `json:"positive_spans"`
	NegativeSpans    []spanIn   `json:"negative_spans"`
	PositiveBuckets  []Count    `json:"positive_buckets"`
	NegativeBuckets  []Count    `json:"negative_buckets"`
	CustomBits       []bitsText `json:"custom_values"`
	CounterResetHint string     `json:"counter_reset_hint"`
}

// bitsText is a float as 16 hex digits.
type bitsText float64

func (b *bitsText) UnmarshalJSON(text []byte) error {
	var digits string
	if err := json.Unmarshal(text, &digits); err != nil {
		return err
	}
	raw, err := strconv.ParseUint(digits, 16, 64)
	*b = bitsText(math.Float64frombits(raw))
	return err
}

// integerCount is a count of an integer histogram: buckets may be negative in cases that must be refused.
type integerCount uint64

func (c *integerCount) UnmarshalJSON(text []byte) error {
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		*c = integerCount(n)
		return nil
	}
	n, err := strconv.ParseUint(string(text), 10, 64)
	*c = integerCount(n)
	return err
}

type spanIn histogram.Span

func (s *spanIn) UnmarshalJSON(text []byte) error {
	var pair [2]int64
	err := json.Unmarshal(text, &pair)
	*s = spanIn{Offset: int32(pair[0]), Length: uint32(pair[1])}
	return err
}

func decodeIntegerHistogram(text []byte) (*histogram.Histogram, error) {
	var in histogramInput[integerCount]
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, err
	}
	return &histogram.Histogram{
		Schema: in.Schema, ZeroThreshold: float64(in.ZeroThreshold), Sum: float64(in.Sum), ZeroCount: uint64(in.ZeroCount), Count: uint64(in.Count),
		PositiveSpans: spansOf(in.PositiveSpans), NegativeSpans: spansOf(in.NegativeSpans),
		PositiveBuckets: deltas(in.PositiveBuckets), NegativeBuckets: deltas(in.NegativeBuckets),
		CustomValues: floats(in.CustomBits), CounterResetHint: hintOf(in.CounterResetHint),
	}, nil
}

func decodeFloatHistogram(text []byte) (*histogram.FloatHistogram, error) {
	var in histogramInput[bitsText]
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, err
	}
	return &histogram.FloatHistogram{
		Schema: in.Schema, ZeroThreshold: float64(in.ZeroThreshold), Sum: float64(in.Sum), ZeroCount: float64(in.ZeroCount), Count: float64(in.Count),
		PositiveSpans: spansOf(in.PositiveSpans), NegativeSpans: spansOf(in.NegativeSpans),
		PositiveBuckets: floats(in.PositiveBuckets), NegativeBuckets: floats(in.NegativeBuckets),
		CustomValues: floats(in.CustomBits), CounterResetHint: hintOf(in.CounterResetHint),
	}, nil
}

func spansOf(in []spanIn) []histogram.Span {
	var out []histogram.Span
	for _, s := range in {
		out = append(out, histogram.Span(s))
	}
	return out
}

func deltas(absolute []integerCount) []int64 {
	var out []int64
	var before int64
	for _, n := range absolute {
		out = append(out, int64(n)-before)
		before = int64(n)
	}
	return out
}

func floats(in []bitsText) []float64 {
	var out []float64
	for _, v := range in {
		out = append(out, float64(v))
	}
	return out
}

func hintOf(name string) histogram.CounterResetHint {
	for hint, known := range hintNames {
		if known == name {
			return hint
		}
	}
	return histogram.UnknownCounterReset
}
