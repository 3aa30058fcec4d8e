// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"fmt"
	"math"

	"stalemark.test/oracle/random"
)

// families is what one exporter exposes, as it develops from scrape to scrape.
type families struct {
	list []*family
	next int
}

// family is one metric family.
type family struct {
	name, kind, help, unit string
	typed                  bool // its TYPE line is written
	series                 []*series
}

// series is one member of a family; a histogram or summary writes several samples for it.
type series struct {
	labels   [][2]string
	value    float64 // of a counter or gauge
	sum      float64
	counts   []uint64 // of the classic buckets, each its own
	zero     uint64
	offset   int      // of the first native bucket
	native   []uint64 // of consecutive native buckets, each its own
	schema   int
	created  int64 // seconds before the case's start, 0: none
	time     int64 // ms after the case's start, with timed
	timed    bool
	exemplar bool
	again    bool // written twice
}

var kinds = []string{"gauge", "gauge", "counter", "counter", "counter", "histogram", "histogram", "summary", "unknown", "native", "native", "info", "stateset", "gaugehistogram"}

func (g *generator) newFamilies() *families {
	f := &families{}
	for range g.Between(1, 4) {
		g.addFamily(f)
	}
	return f
}

func (g *generator) addFamily(f *families) {
	added := &family{name: fmt.Sprintf("app_%c", 'a'+f.next%26), kind: kinds[g.Below(len(kinds))], typed: g.Percent(88)}
	f.next++
	special := g.Below(14)
	if g.c.Options != nil && g.c.Options.SynthesizeST {
		special = 13 // see develop
	}
	switch special {
	case 0:
		added.name = random.Pick(g.Source, "up", "scrape_duration_seconds", "a.dotted", "with:colon", "größe", "app_total")
	case 1, 2:
		added.unit = "seconds"
		added.name += "_seconds"
	}
	if g.Percent(70) {
		added.help = random.Pick(g.Source, "Some help.", "Back\\slash and\nnewline.", "\"quoted\" é", " blank ")
	}
	for range g.Between(1, 3) {
		added.series = append(added.series, g.newSeries())
	}
	f.list = append(f.list, added)
}

func (g *generator) newSeries() *series {
	s := &series{value: float64(g.Below(100)), counts: make([]uint64, 3), native: make([]uint64, g.Below(5)), schema: g.Between(-1, 3), offset: g.Between(-3, 4)}
	pairs := [][2]string{
		{"code", random.Pick(g.Source, "200", "404", "500")}, {"path", random.Pick(g.Source, "/api/V1", "/a\\b", "line\nbreak", "café \"x\"", "")},
		{"zone", "own"}, {"exported_job", "own"}, {"instance", random.Pick(g.Source, "own", "")}, {"job", "own"}, {"a_rather_long_label_name", "vvvvvvvvvvvvvvvvvvvvvv"},
		{"label.dotted", "x"}, {"env", "own"},
	}
	for i, p := range pairs {
		if g.Percent([]int{45, 25, 8, 8, 8, 8, 6, 4, 8}[i]) {
			s.labels = append(s.labels, p)
		}
	}
	s.labels = append(s.labels, [2]string{"n", fmt.Sprint(g.Below(6))})
	if g.Percent(25) {
		s.created = int64(g.Between(1, 1000))
	}
	s.exemplar = g.Percent(25)
	return s
}

// develop moves on to the next scrape.
func (g *generator) develop(f *families) {
	if g.Percent(12) {
		g.addFamily(f)
	}
	if g.Percent(10) && len(f.list) > 0 {
		f.list = f.list[1:]
	}
	for _, one := range f.list {
		// Prometheus itself crashes when it synthesizes start times for a series that turns from a number into a histogram.
		if changes := g.Percent(6); changes && (g.c.Options == nil || !g.c.Options.SynthesizeST) {
			one.kind = kinds[g.Below(len(kinds))]
		}
		if g.Percent(8) {
			one.series = append(one.series, g.newSeries())
		}
		if g.Percent(8) {
			one.series = one.series[1:]
		}
		for _, s := range one.series {
			g.developSeries(s)
		}
		if len(one.series) == 0 {
			one.series = []*series{g.newSeries()}
		}
	}
}

func (g *generator) developSeries(s *series) {
	s.again = g.Percent(4)
	s.timed = g.Percent(9)
	s.time = random.Pick(g.Source, int64(g.Between(-2000, 60_000)), int64(g.Between(0, 10))*1500, -60_000, 900_000)
	if g.wild && g.Percent(10) {
		s.time -= 3 * 3_600_000 // older than the head takes
	}
	switch g.Below(20) {
	case 0: // a reset
		s.value, s.sum, s.zero = float64(g.Below(5)), 0, 0
		s.counts = make([]uint64, 3)
		s.native = make([]uint64, g.Below(5))
		return
	case 1:
		s.value = random.Pick(g.Source, math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 1e308, 5e-324, 0.1, 1e21)
		return
	case 2:
		return
	}
	s.value += float64(g.Below(30)) / random.Pick(g.Source, 1.0, 2, 10)
	for i := range s.counts {
		s.counts[i] += uint64(g.Below(4))
	}
	for i := range s.native {
		s.native[i] += uint64(g.Below(3))
	}
	if g.Percent(15) {
		s.native = append(s.native, uint64(g.Between(1, 3)))
	}
	s.zero += uint64(g.Below(2))
	s.sum += float64(g.Below(50)) / 4
}

func total(counts []uint64) uint64 {
	var sum uint64
	for _, c := range counts {
		sum += c
	}
	return sum
}

// bounds are the upper bounds of the classic buckets.
var bounds = []float64{0.5, 1, math.Inf(1)}
