// SPDX-License-Identifier: Apache-2.0

// Package notation writes numbers and the parts of histograms as all case formats do.
package notation

import (
	"fmt"
	"math"

	"github.com/prometheus/prometheus/model/histogram"
)

// Bits is a float as the 16 hex digits of its bits.
func Bits(v float64) string {
	return fmt.Sprintf("%016x", math.Float64bits(v))
}

// AllBits is a list of floats.
func AllBits(in []float64) []string {
	var out []string
	for _, v := range in {
		out = append(out, Bits(v))
	}
	return out
}

// Counts is a list of absolute counts that are floats.
func Counts(in []float64) []any {
	var out []any
	for _, v := range in {
		out = append(out, Bits(v))
	}
	return out
}

// Absolute is a list of absolute counts, of their deltas.
func Absolute(deltas []int64) []any {
	var out []any
	var sum int64
	for _, d := range deltas {
		sum += d
		out = append(out, sum)
	}
	return out
}

// Spans is a list of offsets and lengths.
func Spans(in []histogram.Span) [][2]int64 {
	var out [][2]int64
	for _, s := range in {
		out = append(out, [2]int64{int64(s.Offset), int64(s.Length)})
	}
	return out
}
