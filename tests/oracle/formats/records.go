// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/prometheus/common/model"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/record"
)

// Records are the bytes of the write-ahead log's records.
var Records = &Format{Path: "tsdb/records.jsonl", Files: []string{"tsdb/records.jsonl"}, Record: recordRecords, Generate: generateRecords}

// walEntry is one entry of a record of any kind.
type walEntry struct {
	Ref     chunks.HeadSeriesRef `json:"ref"`
	Labels  map[string]string    `json:"labels"`
	T       int64                `json:"t"`
	ST      int64                `json:"st"`
	V       bitsText             `json:"v"`
	H       json.RawMessage      `json:"h"`
	FH      json.RawMessage      `json:"fh"`
	Type    string               `json:"type"`
	Unit    string               `json:"unit"`
	Help    string               `json:"help"`
	MmapRef uint64               `json:"mmap_ref"`
	Family  string               `json:"family"`
}

func recordRecords(line []byte, _ string) ([]byte, error) {
	var c struct {
		Kind    string     `json:"kind"`
		Entries []walEntry `json:"entries"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	all, err := encodeRecords(c.Kind, c.Entries)
	if err != nil {
		return nil, err
	}
	texts := []string{}
	for _, bytes := range all {
		texts = append(texts, hex.EncodeToString(bytes))
	}
	return withResults(line, map[string]any{"expected": map[string]any{"records": texts}})
}

// encodeRecords gives the records of one batch, as the head logs them.
func encodeRecords(kind string, entries []walEntry) ([][]byte, error) {
	var plain record.Encoder
	withStart := record.Encoder{EnableSTStorage: true}
	switch kind {
	case "series":
		return [][]byte{plain.Series(refSeries(entries), nil)}, nil
	case "samples":
		return [][]byte{plain.Samples(refSamples(entries), nil)}, nil
	case "samples_st":
		return [][]byte{withStart.Samples(refSamples(entries), nil)}, nil
	case "exemplars":
		return [][]byte{plain.Exemplars(refExemplars(entries), nil)}, nil
	case "metadata":
		return [][]byte{plain.Metadata(refMetadata(entries), nil)}, nil
	case "mmap_markers":
		var markers []record.RefMmapMarker
		for _, e := range entries {
			markers = append(markers, record.RefMmapMarker{Ref: e.Ref, MmapRef: chunks.ChunkDiskMapperRef(e.MmapRef)})
		}
		return [][]byte{plain.MmapMarkers(markers, nil)}, nil
	case "histograms", "histograms_st":
		encoder := plain
		if kind == "histograms_st" {
			encoder = withStart
		}
		histograms, err := refHistograms(entries)
		if err != nil {
			return nil, err
		}
		first, custom := encoder.HistogramSamples(histograms, nil)
		return withoutEmpty(first, len(custom) > 0, func() []byte { return encoder.CustomBucketsHistogramSamples(custom, nil) }), nil
	case "float_histograms", "float_histograms_st":
		encoder := plain
		if kind == "float_histograms_st" {
			encoder = withStart
		}
		histograms, err := refFloatHistograms(entries)
		if err != nil {
			return nil, err
		}
		first, custom := encoder.FloatHistogramSamples(histograms, nil)
		return withoutEmpty(first, len(custom) > 0, func() []byte { return encoder.CustomBucketsFloatHistogramSamples(custom, nil) }), nil
	}
	return nil, fmt.Errorf("unknown kind of record %q", kind)
}

// withoutEmpty gives the records that the head logs: none without bytes, and that of custom buckets behind the other.
func withoutEmpty(first []byte, hasCustom bool, custom func() []byte) [][]byte {
	var out [][]byte
	if len(first) > 0 {
		out = append(out, first)
	}
	if hasCustom {
		out = append(out, custom())
	}
	return out
}

func refSeries(entries []walEntry) []record.RefSeries {
	var out []record.RefSeries
	for _, e := range entries {
		out = append(out, record.RefSeries{Ref: e.Ref, Labels: labels.FromMap(e.Labels)})
	}
	return out
}

func refSamples(entries []walEntry) []record.RefSample {
	var out []record.RefSample
	for _, e := range entries {
		out = append(out, record.RefSample{Ref: e.Ref, ST: e.ST, T: e.T, V: float64(e.V)})
	}
	return out
}

func refExemplars(entries []walEntry) []record.RefExemplar {
	var out []record.RefExemplar
	for _, e := range entries {
		out = append(out, record.RefExemplar{Ref: e.Ref, T: e.T, V: float64(e.V), Labels: labels.FromMap(e.Labels)})
	}
	return out
}

func refMetadata(entries []walEntry) []record.RefMetadata {
	var out []record.RefMetadata
	for _, e := range entries {
		out = append(out, record.RefMetadata{Ref: e.Ref, Type: uint8(record.GetMetricType(model.MetricType(e.Type))), Unit: e.Unit, Help: e.Help})
	}
	return out
}

func refHistograms(entries []walEntry) ([]record.RefHistogramSample, error) {
	var out []record.RefHistogramSample
	for _, e := range entries {
		h, err := decodeIntegerHistogram(e.H)
		if err != nil {
			return nil, err
		}
		out = append(out, record.RefHistogramSample{Ref: e.Ref, ST: e.ST, T: e.T, H: h})
	}
	return out, nil
}

func refFloatHistograms(entries []walEntry) ([]record.RefFloatHistogramSample, error) {
	var out []record.RefFloatHistogramSample
	for _, e := range entries {
		fh, err := decodeFloatHistogram(e.FH)
		if err != nil {
			return nil, err
		}
		out = append(out, record.RefFloatHistogramSample{Ref: e.Ref, ST: e.ST, T: e.T, FH: fh})
	}
	return out, nil
}
