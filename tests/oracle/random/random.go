// SPDX-License-Identifier: Apache-2.0

// Package random is the oracle's own stream of random numbers: the same seed gives the same cases for ever, whatever
// becomes of Go's generators.
package random

// Source is a splitmix64 stream.
type Source struct {
	state uint64
}

// New starts the stream of a seed; salt keeps the streams of different formats apart.
func New(seed uint64, salt string) *Source {
	s := &Source{state: seed}
	for _, c := range []byte(salt) {
		s.state = s.Bits() ^ uint64(c)
	}
	return s
}

// Bits gives 64 random bits.
func (s *Source) Bits() uint64 {
	s.state += 0x9e3779b97f4a7c15
	z := s.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Below gives a number in [0, n); n > 0.
func (s *Source) Below(n int) int {
	return int(s.Bits() % uint64(n))
}

// Between gives a number in [low, high].
func (s *Source) Between(low, high int) int {
	return low + s.Below(high-low+1)
}

// Percent is true in that many of 100 calls.
func (s *Source) Percent(p int) bool {
	return s.Below(100) < p
}

// Pick gives one of several values.
func Pick[T any](s *Source, values ...T) T {
	return values[s.Below(len(values))]
}

// Some gives each of the values with the probability, in their order.
func Some[T any](s *Source, percent int, values ...T) []T {
	var out []T
	for _, v := range values {
		if s.Percent(percent) {
			out = append(out, v)
		}
	}
	return out
}
