// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/metadata"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/compression"
)

// Head is a sequence of transactions and what the head makes of them.
var Head = &Format{Path: "tsdb/head.jsonl", Files: []string{"tsdb/head.jsonl"}, Record: recordHead, Generate: generateHead}

type headCase struct {
	Options headOptions         `json:"options"`
	Series  []map[string]string `json:"series"`
	Ops     []headOp            `json:"ops"`
}

type headOptions struct {
	OutOfOrderWindowMS  int64 `json:"out_of_order_window_ms,omitempty"`
	MaxExemplars        int64 `json:"max_exemplars,omitempty"`
	MetadataWALRecords  bool  `json:"metadata_wal_records,omitempty"`
	STStorage           bool  `json:"st_storage,omitempty"`
	STZeroSamples       bool  `json:"st_zero_samples,omitempty"`
	XOR2                bool  `json:"xor2,omitempty"`
	HistogramSTEncoding bool  `json:"histogram_st_encoding,omitempty"`
}

type headOp struct {
	Op        string          `json:"op"`
	Tx        string          `json:"tx"`
	Series    int             `json:"series"`
	Ref       string          `json:"ref"`
	T         int64           `json:"t"`
	ST        int64           `json:"st"`
	V         *bitsText       `json:"v"`
	H         json.RawMessage `json:"h"`
	FH        json.RawMessage `json:"fh"`
	RejectOOO bool            `json:"reject_out_of_order"`
	Exemplars []struct {
		Labels map[string]string `json:"labels"`
		T      int64             `json:"t"`
		V      bitsText          `json:"v"`
	} `json:"exemplars"`
	Meta *struct {
		Type model.MetricType `json:"type"`
		Unit string           `json:"unit"`
		Help string           `json:"help"`
	} `json:"meta"`
	Step int64   `json:"step"`
	N    int64   `json:"n"`
	V0   float64 `json:"v0"`
	DV   float64 `json:"dv"`
}

func recordHead(line []byte, _ string) ([]byte, error) {
	var c headCase
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "stalemark-oracle-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	registry := prometheus.NewRegistry()
	db, err := tsdb.Open(folder, promslog.NewNopLogger(), registry, databaseOptions(&c.Options), nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.DisableCompactions()
	run := newHeadRun(db, &c)
	defer run.rollbackAll()
	for i := range c.Ops {
		if err := run.do(&c.Ops[i]); err != nil {
			return nil, fmt.Errorf("operation %d: %w", i, err)
		}
	}
	expected, err := observeHead(db, registry, folder)
	if err != nil {
		return nil, err
	}
	expected["results"], expected["refs"] = run.results, run.refs
	return withResults(line, map[string]any{"expected": expected})
}

func databaseOptions(o *headOptions) *tsdb.Options {
	out := tsdb.DefaultOptions()
	out.WALCompression = compression.None
	out.StripeSize = 64 // cases have few series; the number has no effect on content
	out.OutOfOrderTimeWindow = o.OutOfOrderWindowMS
	out.EnableExemplarStorage, out.MaxExemplars = o.MaxExemplars > 0, o.MaxExemplars
	out.EnableMetadataWALRecords = o.MetadataWALRecords
	out.EnableSTAsZeroSample = o.STZeroSamples
	out.EnableSTStorage = o.STStorage
	out.EnableHistogramSTEncoding = o.HistogramSTEncoding
	if o.XOR2 || o.STStorage { // the only encoding of floats that holds start times
		out.XOR2EncodingAllowed, out.FloatChunkEncoding = true, chunkenc.EncXOR2
	}
	return out
}

// headRun carries out the operations of a case.
type headRun struct {
	db           *tsdb.DB
	series       []labels.Labels
	lastRefs     []storage.SeriesRef
	transactions map[string]storage.AppenderV2
	results      []string
	refs         []uint64
}

func newHeadRun(db *tsdb.DB, c *headCase) *headRun {
	r := &headRun{db: db, transactions: map[string]storage.AppenderV2{}, lastRefs: make([]storage.SeriesRef, len(c.Series))}
	for _, l := range c.Series {
		r.series = append(r.series, labels.FromMap(l))
	}
	return r
}

// do carries out an operation and notes its result.
func (r *headRun) do(op *headOp) error {
	var ref storage.SeriesRef
	var failure error
	tx := r.transactions[op.Tx]
	if tx == nil && op.Op != "begin" {
		return fmt.Errorf("the transaction %q has not begun", op.Tx)
	}
	switch op.Op {
	case "begin":
		r.transactions[op.Tx] = r.db.AppenderV2(context.Background())
	case "commit":
		failure = tx.Commit()
	case "rollback":
		failure = tx.Rollback()
	case "append", "fill":
		call, err := r.callOf(op)
		if err != nil {
			return err
		}
		ref, failure = call.appendTo(tx)
		for i := int64(1); op.Op == "fill" && i < op.N; i++ {
			call.ref, call.t, call.v = 0, op.T+i*op.Step, op.V0+float64(i)*op.DV
			ref, failure = call.appendTo(tx)
		}
		if ref != 0 {
			r.lastRefs[op.Series] = ref
		}
	default:
		return fmt.Errorf("unknown operation %q", op.Op)
	}
	text := ""
	if failure != nil {
		text = failure.Error()
	}
	r.results, r.refs = append(r.results, text), append(r.refs, uint64(ref))
	return nil
}

// rollbackAll ends what the case leaves open; what has ended says so.
func (r *headRun) rollbackAll() {
	for _, tx := range r.transactions {
		_ = tx.Rollback()
	}
}

// headCall holds the arguments of one append.
type headCall struct {
	ref     storage.SeriesRef
	labels  labels.Labels
	st, t   int64
	v       float64
	options storage.AOptions
	op      *headOp
}

func (r *headRun) callOf(op *headOp) (*headCall, error) {
	if op.Series < 0 || op.Series >= len(r.series) {
		return nil, fmt.Errorf("no series %d", op.Series)
	}
	call := &headCall{labels: r.series[op.Series], st: op.ST, t: op.T, op: op}
	switch {
	case op.Ref == "last":
		call.ref = r.lastRefs[op.Series]
	case op.Ref != "":
		n, err := strconv.ParseUint(op.Ref, 10, 64)
		if err != nil {
			return nil, err
		}
		call.ref = storage.SeriesRef(n)
	}
	if op.V != nil {
		call.v = float64(*op.V)
	}
	if op.Op == "fill" {
		call.v = op.V0
	}
	call.options.RejectOutOfOrder = op.RejectOOO
	for _, e := range op.Exemplars {
		call.options.Exemplars = append(call.options.Exemplars, exemplar.Exemplar{Labels: labels.FromMap(e.Labels), Value: float64(e.V), Ts: e.T, HasTs: true})
	}
	if op.Meta != nil {
		call.options.Metadata = metadata.Metadata{Type: op.Meta.Type, Unit: op.Meta.Unit, Help: op.Meta.Help}
	}
	return call, nil
}

func (c *headCall) appendTo(tx storage.AppenderV2) (storage.SeriesRef, error) {
	switch {
	case c.op.FH != nil:
		fh, err := decodeFloatHistogram(c.op.FH)
		if err != nil {
			return 0, err
		}
		return tx.Append(c.ref, c.labels, c.st, c.t, 0, nil, fh, c.options)
	case c.op.H != nil:
		h, err := decodeIntegerHistogram(c.op.H)
		if err != nil {
			return 0, err
		}
		return tx.Append(c.ref, c.labels, c.st, c.t, 0, h, nil, c.options)
	}
	return tx.Append(c.ref, c.labels, c.st, c.t, c.v, nil, nil, c.options)
}

// headTimes gives the first and the last time, if there are any.
func headTimes(db *tsdb.DB, expected map[string]any) {
	if h := db.Head(); h.MinTime() != math.MaxInt64 {
		expected["head_min_t"], expected["head_max_t"] = h.MinTime(), h.MaxTime()
	}
}
