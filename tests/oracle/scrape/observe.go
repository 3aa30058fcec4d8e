// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/prometheus/prometheus/model/labels"
	upstream "github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"stalemark.test/oracle/notation"
)

// observe takes a snapshot of all targets.
func (r *runner) observe() {
	s := Snapshot{
		AtNS: int64(time.Since(r.start)), Active: []TargetState{}, Dropped: []DroppedState{}, DroppedCounts: r.manager.TargetsDroppedCounts(),
	}
	for pool, targets := range r.manager.TargetsActive() {
		for _, t := range targets {
			s.Active = append(s.Active, r.stateOf(pool, t))
		}
	}
	for pool, targets := range r.manager.TargetsDropped() {
		for _, t := range targets {
			discovered := t.DiscoveredLabels(labels.NewBuilder(labels.EmptyLabels()))
			s.Dropped = append(s.Dropped, DroppedState{pool, labelMap(discovered), discovered})
		}
	}
	slices.SortFunc(s.Active, func(a, b TargetState) int {
		return cmp.Or(cmp.Compare(a.Pool, b.Pool), labels.Compare(a.sorted, b.sorted), cmp.Compare(a.URL, b.URL),
			labels.Compare(a.discovered, b.discovered))
	})
	slices.SortFunc(s.Dropped, func(a, b DroppedState) int {
		return cmp.Or(cmp.Compare(a.Pool, b.Pool), labels.Compare(a.sorted, b.sorted))
	})
	r.outcome.Snapshots = append(r.outcome.Snapshots, s)
}

func (r *runner) stateOf(pool string, t *upstream.Target) TargetState {
	public := t.Labels(labels.NewBuilder(labels.EmptyLabels()))
	discovered := t.DiscoveredLabels(labels.NewBuilder(labels.EmptyLabels()))
	state := TargetState{
		Pool: pool, Labels: labelMap(public), Discovered: labelMap(discovered),
		URL: t.URL().String(), Health: string(t.Health()), sorted: public, discovered: discovered,
	}
	if err := t.LastError(); err != nil {
		state.LastError, state.LastErrorKind = err.Error(), errorKind(err)
		if r.storage.refused(err) {
			state.LastErrorKind = "append"
		}
	}
	if last := t.LastScrape(); !last.IsZero() {
		at, took := last.UnixNano()-r.start.UnixNano(), int64(t.LastScrapeDuration())
		state.LastScrapeNS, state.LastDurationNS = &at, &took
	}
	return state
}

// errorTexts tell kinds of errors by what their text contains.
var errorTexts = []struct{ text, kind string }{
	{"server returned HTTP status", "http_status"},
	{"Content-Type", "content_type"},
	{"body size limit exceeded", "body_limit"},
	{"sample limit exceeded", "sample_limit"},
	{"histogram bucket limit exceeded", "bucket_limit"},
	{"label_limit exceeded", "label_limit"},
	{"label_name_length_limit exceeded", "label_limit"},
	{"label_value_length_limit exceeded", "label_limit"},
	{"target_limit exceeded", "other"},
	{"gzip: ", "other"},
	{"error parsing interval label", "other"},
	{"error parsing timeout label", "other"},
	{"missing metric name", "append"},
	{"invalid metric name or label names", "append"},
}

// errorKind is last_error_kind of an error of a scrape.
func errorKind(err error) string {
	var failed *url.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.As(err, &failed) && failed.Op == "parse":
		return "other"
	case errors.As(err, &failed), err == io.ErrUnexpectedEOF:
		return "transport"
	}
	for _, known := range errorTexts {
		if strings.Contains(err.Error(), known.text) {
			return known.kind
		}
	}
	return "parse"
}

// content reads the head, samples and exemplars.
func (r *runner) content(db *tsdb.DB) error {
	q, err := db.Querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		return err
	}
	defer q.Close()
	every := labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".*")
	found := q.Select(context.Background(), true, nil, every)
	for found.Next() {
		s := Series{labels: found.At().Labels(), Samples: []any{}}
		samples := found.At().Iterator(nil)
		for kind := samples.Next(); kind != chunkenc.ValNone; kind = samples.Next() {
			s.Samples = append(s.Samples, storedSample(kind, samples))
		}
		if err := samples.Err(); err != nil {
			return err
		}
		if len(s.Samples) > 0 {
			r.outcome.Series = append(r.outcome.Series, s)
		}
	}
	if err := found.Err(); err != nil {
		return err
	}
	slices.SortStableFunc(r.outcome.Series, func(a, b Series) int { return labels.Compare(a.labels, b.labels) })
	if r.c.Head.MaxExemplars == 0 {
		return nil
	}
	return r.exemplars(db, every)
}

func storedSample(kind chunkenc.ValueType, samples chunkenc.Iterator) any {
	switch kind {
	case chunkenc.ValHistogram:
		t, h := samples.AtHistogram(nil)
		return []any{t, sampleValue(0, h, nil)}
	case chunkenc.ValFloatHistogram:
		t, fh := samples.AtFloatHistogram(nil)
		return []any{t, sampleValue(0, nil, fh)}
	}
	t, v := samples.At()
	return []any{t, notation.Bits(v)}
}

func (r *runner) exemplars(db *tsdb.DB, every *labels.Matcher) error {
	q, err := db.ExemplarQuerier(context.Background())
	if err != nil {
		return err
	}
	found, err := q.Select(math.MinInt64, math.MaxInt64, []*labels.Matcher{every})
	if err != nil {
		return err
	}
	for _, f := range found {
		s := SeriesExemplars{labels: f.SeriesLabels}
		for _, e := range f.Exemplars {
			s.Exemplars = append(s.Exemplars, exemplarOf(e))
		}
		r.outcome.Exemplars = append(r.outcome.Exemplars, s)
	}
	slices.SortStableFunc(r.outcome.Exemplars, func(a, b SeriesExemplars) int { return labels.Compare(a.labels, b.labels) })
	return nil
}

// ownMetrics gathers the scrape manager's own metrics.
func ownMetrics(registry *prometheus.Registry) (map[string]any, error) {
	families, err := registry.Gather()
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "prometheus_target_") || strings.HasSuffix(f.GetName(), "_length_histogram_seconds") {
			continue
		}
		for _, m := range f.GetMetric() {
			addMetric(out, f.GetName(), m)
		}
	}
	return out, nil
}

func addMetric(out map[string]any, name string, m *dto.Metric) {
	suffix := ""
	if len(m.GetLabel()) > 0 {
		var pairs []string
		for _, l := range m.GetLabel() {
			pairs = append(pairs, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
		}
		suffix = "{" + strings.Join(pairs, ",") + "}"
	}
	add := func(name string, v float64) {
		if v != 0 || suffix != "" {
			out[name+suffix] = v
		}
	}
	switch {
	case m.GetCounter() != nil:
		add(name, m.GetCounter().GetValue())
	case m.GetGauge() != nil:
		add(name, m.GetGauge().GetValue())
	case m.GetSummary() != nil:
		add(name+"_count", float64(m.GetSummary().GetSampleCount()))
		add(name+"_sum", microseconds(m.GetSummary().GetSampleSum()))
	case m.GetHistogram() != nil:
		add(name+"_count", float64(m.GetHistogram().GetSampleCount()))
		add(name+"_sum", microseconds(m.GetHistogram().GetSampleSum()))
	}
}

func microseconds(seconds float64) float64 {
	return math.Round(seconds*1e6) / 1e6
}

// changes gives the metrics that differ after the stop; nil where one is gone.
func changes(before, after map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range after {
		if before[name] != v {
			out[name] = v
		}
	}
	for name := range before {
		if _, there := after[name]; !there {
			out[name] = nil
		}
	}
	return out
}

// number puts everything into the documented order and numbers label sets and header sets.
func (r *runner) number() {
	o := &r.outcome
	numbers := labelNumbers{sets: []map[string]string{}, number: map[string]int{}}
	o.HeaderSets = []map[string]string{}
	slices.SortStableFunc(r.storage.commits, func(a, b Commit) int {
		return cmp.Or(cmp.Compare(a.AtNS, b.AtNS), cmp.Compare(a.Job, b.Job), cmp.Compare(a.Instance, b.Instance), cmp.Compare(a.order, b.order))
	})
	for _, c := range r.storage.commits {
		c.Appends = []any{}
		for _, a := range c.appends {
			row := []any{numbers.of(a.labels), a.t, a.v}
			if !a.more.empty() {
				row = append(row, a.more)
			}
			c.Appends = append(c.Appends, row)
		}
		o.Commits = append(o.Commits, c)
	}
	for i := range o.Series {
		o.Series[i].L = numbers.of(o.Series[i].labels)
	}
	for i := range o.Exemplars {
		o.Exemplars[i].L = numbers.of(o.Exemplars[i].labels)
	}
	o.LabelSets = numbers.sets
	r.numberRequests()
}

func (r *runner) numberRequests() {
	o := &r.outcome
	slices.SortStableFunc(r.network.requests, func(a, b Request) int {
		return cmp.Or(cmp.Compare(a.AtNS, b.AtNS), cmp.Compare(a.Exporter, b.Exporter), cmp.Compare(a.URL, b.URL))
	})
	known := map[string]int{}
	for _, q := range r.network.requests {
		if q.Fault == "" {
			key := fmt.Sprint(q.headers)
			n, ok := known[key]
			if !ok {
				n = len(o.HeaderSets)
				known[key] = n
				o.HeaderSets = append(o.HeaderSets, q.headers)
			}
			q.Headers = &n
		}
		o.Requests = append(o.Requests, q)
	}
}
