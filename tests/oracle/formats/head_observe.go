// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"context"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/wlog"

	"stalemark.test/oracle/notation"
)

// samplesShown is the most samples that a case shows of a series.
const samplesShown = 40

// observeHead reads all that a case shows but what the operations gave.
func observeHead(db *tsdb.DB, registry *prometheus.Registry, folder string) (map[string]any, error) {
	expected := map[string]any{}
	headTimes(db, expected)
	var err error
	if expected["series"], err = headSeries(db); err != nil {
		return nil, err
	}
	exemplars, err := headExemplars(db)
	if err != nil {
		return nil, err
	}
	if len(exemplars) > 0 {
		expected["exemplars"] = exemplars
	}
	if expected["metrics"], err = headMetrics(registry); err != nil {
		return nil, err
	}
	if expected["wal"], err = logRecords(filepath.Join(folder, "wal")); err != nil {
		return nil, err
	}
	late, err := logRecords(filepath.Join(folder, "wbl"))
	if err != nil {
		return nil, err
	}
	if len(late) > 0 {
		expected["wbl"] = late
	}
	return expected, nil
}

// logRecords gives all records of a write-ahead log.
func logRecords(folder string) ([]string, error) {
	out := []string{}
	if _, err := os.Stat(folder); os.IsNotExist(err) {
		return out, nil
	}
	segments, err := wlog.NewSegmentsReader(folder)
	if err != nil {
		return nil, err
	}
	defer segments.Close()
	r := wlog.NewReader(segments)
	for r.Next() {
		out = append(out, hex.EncodeToString(r.Record()))
	}
	return out, r.Err()
}

type headSeriesText struct {
	Ref     uint64            `json:"ref"`
	Labels  map[string]string `json:"labels"`
	Samples []any             `json:"samples,omitempty"`
	Chunks  []any             `json:"chunks"`
	sorted  labels.Labels
}

// headSeries gives all series. The chunks come first: reading samples out of order changes histograms in their list.
func headSeries(db *tsdb.DB) ([]headSeriesText, error) {
	out, err := headChunks(db)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b headSeriesText) int { return labels.Compare(a.sorted, b.sorted) })
	q, err := db.Querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	found := q.Select(context.Background(), true, nil, everySeries())
	for found.Next() {
		l := found.At().Labels()
		i := slices.IndexFunc(out, func(s headSeriesText) bool { return labels.Equal(s.sorted, l) })
		samples := []any{}
		it := found.At().Iterator(nil)
		for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
			samples = append(samples, headSample(it, kind))
		}
		if err := it.Err(); err != nil {
			return nil, err
		}
		if len(samples) <= samplesShown {
			out[i].Samples = samples
		}
	}
	return out, found.Err()
}

// everySeries matches all, also those without a name.
func everySeries() *labels.Matcher {
	return labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".*")
}

func headSample(it chunkenc.Iterator, kind chunkenc.ValueType) map[string]any {
	out := map[string]any{"t": it.AtT()}
	switch kind {
	case chunkenc.ValHistogram:
		_, h := it.AtHistogram(nil)
		out["h"] = integerHistogram(h)
	case chunkenc.ValFloatHistogram:
		_, fh := it.AtFloatHistogram(nil)
		out["fh"] = floatHistogram(fh)
	default:
		_, v := it.At()
		out["v"] = notation.Bits(v)
	}
	if st := it.AtST(); st != 0 {
		out["st"] = st
	}
	return out
}

func headChunks(db *tsdb.DB) ([]headSeriesText, error) {
	index, err := db.Head().Index()
	if err != nil {
		return nil, err
	}
	defer index.Close()
	reader, err := db.Head().Chunks()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	name, value := "", "" // the postings of all series
	postings, err := index.Postings(context.Background(), name, value)
	if err != nil {
		return nil, err
	}
	out := []headSeriesText{}
	for postings.Next() {
		var b labels.ScratchBuilder
		var metas []chunks.Meta
		if err := index.Series(postings.At(), &b, &metas); err != nil {
			return nil, err
		}
		s := headSeriesText{Ref: uint64(postings.At()), sorted: b.Labels(), Labels: b.Labels().Map(), Chunks: []any{}}
		for _, m := range metas {
			text, err := chunkText(reader, m)
			if err != nil {
				return nil, err
			}
			s.Chunks = append(s.Chunks, text)
		}
		out = append(out, s)
	}
	return out, postings.Err()
}

func chunkText(reader tsdb.ChunkReader, m chunks.Meta) (any, error) {
	c, _, err := reader.ChunkOrIterable(m)
	if err != nil {
		return nil, err
	}
	bytes := slices.Clone(c.Bytes())
	last := int64(0) // of the chunk that grows, the meta does not tell
	it := c.Iterator(nil)
	for it.Next() != chunkenc.ValNone {
		last = it.AtT()
	}
	return map[string]any{
		"encoding": c.Encoding().String(), "min_t": m.MinTime, "max_t": last, "n": c.NumSamples(), "hex": hex.EncodeToString(bytes),
	}, it.Err()
}

func headExemplars(db *tsdb.DB) ([]any, error) {
	q, err := db.ExemplarQuerier(context.Background())
	if err != nil {
		return nil, err
	}
	found, err := q.Select(math.MinInt64, math.MaxInt64, []*labels.Matcher{everySeries()})
	if err != nil {
		return nil, err
	}
	var out []any
	for _, f := range found {
		var list []any
		for _, e := range f.Exemplars {
			list = append(list, map[string]any{"labels": e.Labels.Map(), "t": e.Ts, "v": notation.Bits(e.Value)})
		}
		out = append(out, map[string]any{"labels": f.SeriesLabels.Map(), "exemplars": list})
	}
	return out, nil
}

// metricsShown are the metrics of the head, without those that tell about files, memory and time.
var metricsShown = []string{
	"exemplar_exemplars_appended_total", "exemplar_out_of_order_exemplars_total", "head_chunks", "head_chunks_created_total", "head_out_of_order_samples_appended_total",
	"head_samples_appended_total", "head_series", "head_series_created_total", "head_stale_series", "out_of_bound_samples_total", "out_of_order_samples_total", "too_old_samples_total",
}

func headMetrics(registry *prometheus.Registry) (map[string]int64, error) {
	shown := func(name string) bool {
		return slices.Contains(metricsShown, strings.TrimPrefix(name, "prometheus_tsdb_"))
	}
	return integerMetrics(registry, shown, func(string) bool { return true })
}

// integerMetrics are the counters and gauges with these names that are not 0, by name and these of their labels.
func integerMetrics(registry *prometheus.Registry, hasName, hasLabel func(name string) bool) (map[string]int64, error) {
	families, err := registry.Gather()
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	for _, f := range families {
		if !hasName(f.GetName()) {
			continue
		}
		for _, m := range f.GetMetric() {
			key := f.GetName()
			for _, l := range m.GetLabel() {
				if hasLabel(l.GetName()) {
					key += "{" + l.GetName() + "=" + l.GetValue() + "}"
				}
			}
			if v := int64(m.GetCounter().GetValue() + m.GetGauge().GetValue()); v != 0 {
				out[key] = v
			}
		}
	}
	return out, nil
}
