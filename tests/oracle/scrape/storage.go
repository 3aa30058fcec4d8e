// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	upstream "github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/storage"

	"stalemark.test/oracle/notation"
)

// recorder is the storage that the scrape manager sees: a head behind a record of all transactions.
type recorder struct {
	head     storage.AppendableV2
	start    time.Time
	faults   map[int]StorageFault
	withMeta bool

	mu      sync.Mutex
	ended   int // commits so far, also failed ones
	commits []Commit
	errors  map[string]bool // texts of all refusals
}

// refused is true for the text of an error that storage gave at some append.
func (r *recorder) refused(err error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.errors[err.Error()]
}

// appended is one call of Append.
type appended struct {
	labels labels.Labels
	t      int64
	v      any
	more   more
	stale  bool // a marker for a series that went away
}

// more is the fourth element of an append: what is not always there.
type more struct {
	ST        int64      `json:"st,omitempty"`
	Meta      *meta      `json:"meta,omitempty"`
	Exemplars []Exemplar `json:"exemplars,omitempty"`
	RejectOOO bool       `json:"reject_ooo,omitempty"`
	Err       string     `json:"err,omitempty"`
}

func (m *more) empty() bool {
	return m.ST == 0 && m.Meta == nil && m.Exemplars == nil && !m.RejectOOO && m.Err == ""
}

type meta struct {
	Family string `json:"family"`
	Type   string `json:"type"`
	Unit   string `json:"unit"`
	Help   string `json:"help"`
}

// AppenderV2 opens a transaction for the target that the scrape loop put into the context.
func (r *recorder) AppenderV2(ctx context.Context) storage.AppenderV2 {
	tx := &transaction{recorder: r, head: r.head.AppenderV2(ctx)}
	if target, ok := upstream.TargetFromContext(ctx); ok {
		l := target.Labels(labels.NewBuilder(labels.EmptyLabels()))
		tx.record.Job, tx.record.Instance = l.Get("job"), l.Get("instance")
	}
	return tx
}

type transaction struct {
	recorder *recorder
	head     storage.AppenderV2
	record   Commit
}

func (tx *transaction) Append(
	ref storage.SeriesRef, ls labels.Labels, st, t int64, v float64, h *histogram.Histogram, fh *histogram.FloatHistogram, opts storage.AOptions,
) (storage.SeriesRef, error) {
	a := appended{labels: ls.Copy(), t: t, v: sampleValue(v, h, fh), more: more{ST: st}}
	caller := callerOfAppend(opts.RejectOutOfOrder)
	a.stale = caller == staleMarkers
	a.more.RejectOOO = opts.RejectOutOfOrder && caller == scrapedSample
	if tx.recorder.withMeta && opts.MetricFamilyName != "" {
		a.more.Meta = &meta{
			strings.TrimSuffix(strings.Clone(opts.MetricFamilyName), "\xff"), string(opts.Metadata.Type), opts.Metadata.Unit, opts.Metadata.Help,
		}
	}
	for _, e := range opts.Exemplars {
		a.more.Exemplars = append(a.more.Exemplars, exemplarOf(e))
	}
	newRef, err := tx.head.Append(ref, ls, st, t, v, h, fh, opts)
	if err != nil {
		a.more.Err = err.Error()
		tx.recorder.mu.Lock()
		tx.recorder.errors[a.more.Err] = true
		tx.recorder.mu.Unlock()
	}
	tx.record.appends = append(tx.record.appends, a)
	return newRef, err
}

func (tx *transaction) Commit() error {
	r := tx.recorder
	at := time.Since(r.start)
	r.mu.Lock()
	fault := r.faults[r.ended]
	r.ended++
	position := r.add(tx, at, "commit")
	r.mu.Unlock()
	if fault.DelayMS > 0 {
		time.Sleep(time.Duration(fault.DelayMS) * time.Millisecond)
	}
	var err error
	if fault.Error != "" {
		err = errors.New(fault.Error)
		if failed := tx.head.Rollback(); failed != nil {
			err = errors.Join(err, failed)
		}
	} else {
		err = tx.head.Commit()
	}
	if err != nil {
		r.mu.Lock()
		r.commits[position].Error = err.Error()
		r.mu.Unlock()
	}
	return err
}

func (tx *transaction) Rollback() error {
	r := tx.recorder
	r.mu.Lock()
	r.add(tx, time.Since(r.start), "rollback")
	r.mu.Unlock()
	return tx.head.Rollback()
}

// add notes the end of a transaction and gives its position.
func (r *recorder) add(tx *transaction, at time.Duration, outcome string) int {
	c := tx.record
	c.AtNS, c.Outcome, c.order = int64(at), outcome, len(r.commits)
	sortMarkers(c.appends)
	r.commits = append(r.commits, c)
	return c.order
}

// sortMarkers gives each run of stale markers the documented order: upstream's is that of a map.
func sortMarkers(appends []appended) {
	for i := 0; i < len(appends); i++ {
		end := i
		for end < len(appends) && appends[end].stale {
			end++
		}
		if end > i {
			slices.SortStableFunc(appends[i:end], func(a, b appended) int { return labels.Compare(a.labels, b.labels) })
			i = end
		}
	}
}

type appendCaller int

const (
	scrapedSample appendCaller = iota
	staleMarkers
	reportSample
)

// callerOfAppend tells why upstream appends. Without the option to reject out-of-order samples that does not matter.
func callerOfAppend(rejectOutOfOrder bool) appendCaller {
	if !rejectOutOfOrder {
		return scrapedSample
	}
	var callers [8]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers[:])])
	for {
		frame, more := frames.Next()
		switch {
		case strings.Contains(frame.Function, "updateStaleMarkersV2"):
			return staleMarkers
		case strings.HasSuffix(frame.Function, "addReportSample"):
			return reportSample
		}
		if !more {
			return scrapedSample
		}
	}
}

func sampleValue(v float64, h *histogram.Histogram, fh *histogram.FloatHistogram) any {
	switch {
	case fh != nil:
		return map[string]any{"fh": floatHistogram(fh)}
	case h != nil:
		return map[string]any{"h": integerHistogram(h)}
	}
	return notation.Bits(v)
}

func exemplarOf(e exemplar.Exemplar) Exemplar {
	return Exemplar{labelMap(e.Labels), notation.Bits(e.Value), e.Ts}
}
