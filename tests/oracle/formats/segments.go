// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/prometheus/prometheus/tsdb/wlog"
	"github.com/prometheus/prometheus/util/compression"

	"stalemark.test/oracle/random"
)

// Segments are the files that the writer of the log makes of records.
var Segments = &Format{Path: "tsdb/segments.jsonl", Files: []string{"tsdb/segments.jsonl"}, Record: recordSegments, Generate: generateSegments}

// Reader is what the reader of the log makes of a segment's bytes.
var Reader = &Format{Path: "tsdb/reader.jsonl", Files: []string{"tsdb/reader.jsonl"}, Record: recordReader, Generate: generateReader}

const (
	pageBytes   = 32768
	headerBytes = 7
	// bytesShown is the most bytes that a case writes out.
	bytesShown = 512
)

// logRecord is a record in full, or a pattern repeated and cut.
type logRecord struct {
	Hex     string `json:"hex,omitempty"`
	Pattern string `json:"pattern_hex,omitempty"`
	Len     int    `json:"len,omitempty"`
}

func (l *logRecord) bytes() ([]byte, error) {
	if l.Pattern == "" {
		return hex.DecodeString(l.Hex)
	}
	pattern, err := hex.DecodeString(l.Pattern)
	if err != nil {
		return nil, err
	}
	return bytes.Repeat(pattern, l.Len/len(pattern)+1)[:l.Len], nil
}

// writeLog writes the calls to segments in a folder.
func writeLog(folder string, segmentSize int, compress compression.Type, calls [][]logRecord) error {
	w, err := wlog.NewSize(nil, nil, folder, segmentSize, compress)
	if err != nil {
		return err
	}
	for _, call := range calls {
		var records [][]byte
		for i := range call {
			record, err := call[i].bytes()
			if err != nil {
				return errors.Join(err, w.Close())
			}
			records = append(records, record)
		}
		if err := w.Log(records...); err != nil {
			return errors.Join(err, w.Close())
		}
	}
	return w.Close()
}

func recordSegments(line []byte, _ string) ([]byte, error) {
	var c struct {
		SegmentSize int              `json:"segment_size"`
		Compression compression.Type `json:"compression"`
		Calls       [][]logRecord    `json:"log_calls"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "stalemark-oracle-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	if err := writeLog(folder, c.SegmentSize, c.Compression, c.Calls); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(folder, "*")) // sorted
	if err != nil {
		return nil, err
	}
	var segments []any
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		segments = append(segments, segmentText(filepath.Base(file), text))
	}
	return withResults(line, map[string]any{"expected": map[string]any{"segments": segments}})
}

func segmentText(name string, content []byte) map[string]any {
	out := map[string]any{"name": name, "size": len(content), "sha256": fmt.Sprintf("%x", sha256.Sum256(content))}
	if short := bytes.TrimRight(content, "\x00"); len(short) <= bytesShown {
		out["hex"] = hex.EncodeToString(short)
	}
	fragments := []any{}
	for at := 0; at+headerBytes <= len(content); {
		left := pageBytes - at%pageBytes
		if left < headerBytes || content[at] == 0 {
			at += left
			continue
		}
		length := int(binary.BigEndian.Uint16(content[at+1:]))
		fragments = append(fragments, map[string]any{
			"offset": at, "type_hex": hex.EncodeToString(content[at : at+1]), "len": length, "crc_hex": hex.EncodeToString(content[at+3 : at+headerBytes]),
		})
		at += headerBytes + length
	}
	out["fragments"] = fragments
	return out
}

func recordReader(line []byte, _ string) ([]byte, error) {
	var c struct {
		Segment struct {
			Hex   string `json:"hex"`
			PadTo int    `json:"pad_to"`
		} `json:"segment"`
		Patches []struct {
			Offset int    `json:"offset"`
			Hex    string `json:"hex"`
		} `json:"patches"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	segment, err := hex.DecodeString(c.Segment.Hex)
	if err != nil {
		return nil, err
	}
	segment = append(segment, make([]byte, max(0, c.Segment.PadTo-len(segment)))...)
	for _, p := range c.Patches {
		patch, err := hex.DecodeString(p.Hex)
		if err != nil {
			return nil, err
		}
		copy(segment[p.Offset:], patch)
	}
	records := []any{}
	r := wlog.NewReader(bytes.NewReader(segment))
	for r.Next() {
		text := map[string]any{"len": len(r.Record())}
		if len(r.Record()) <= bytesShown {
			text["hex"] = hex.EncodeToString(r.Record())
		} else {
			text["sha256"] = fmt.Sprintf("%x", sha256.Sum256(r.Record()))
		}
		records = append(records, text)
	}
	expected := map[string]any{"records": records}
	if r.Err() != nil {
		expected["error"] = r.Err().Error()
	}
	return withResults(line, map[string]any{"expected": expected})
}

func generateSegments(r *random.Source) []any {
	left := pageBytes // of the page, as long as no segment ends
	var calls [][]logRecord
	for range r.Between(1, 5) {
		call := []logRecord{}
		for range random.Pick(r, 1, 1, 1, 2, 4) {
			length := random.Pick(r, r.Below(40), r.Below(300), r.Below(40000), r.Below(140000), max(0, left-headerBytes-r.Below(20)))
			call = append(call, drawnRecord(r, length))
			left = pageBytes - (pageBytes-left+headerBytes+length)%pageBytes
		}
		calls = append(calls, call)
	}
	size := random.Pick(r, 1, 1, 2, 4, 8) * pageBytes
	return []any{map[string]any{"segment_size": size, "compression": "none", "log_calls": calls}}
}

func drawnRecord(r *random.Source, length int) logRecord {
	pattern := make([]byte, r.Between(1, 12))
	for i := range pattern {
		pattern[i] = byte(r.Below(256))
	}
	if length <= len(pattern) {
		return logRecord{Hex: hex.EncodeToString(pattern[:length])}
	}
	return logRecord{Pattern: hex.EncodeToString(pattern), Len: length}
}

func generateReader(r *random.Source) []any {
	var out []any
	for range 3 {
		if c := drawnSegment(r); c != nil {
			out = append(out, c)
		}
	}
	return out
}

// drawnSegment gives a segment as the writer left it, cut or changed in places; nil if it could not be written.
func drawnSegment(r *random.Source) map[string]any {
	folder, err := os.MkdirTemp("", "stalemark-oracle-")
	if err != nil {
		return nil
	}
	defer os.RemoveAll(folder)
	var calls [][]logRecord
	for range r.Between(1, 5) {
		length := random.Pick(r, r.Below(40), r.Below(300), r.Below(2000))
		if r.Percent(4) {
			length = pageBytes - r.Below(40)
		}
		calls = append(calls, []logRecord{drawnRecord(r, length)})
	}
	compress := random.Pick(r, compression.None, compression.None, compression.Snappy, compression.Zstd)
	if err := writeLog(folder, 8*pageBytes, compress, calls); err != nil {
		return nil
	}
	content, err := os.ReadFile(filepath.Join(folder, "00000000"))
	if err != nil {
		return nil
	}
	written := bytes.TrimRight(content, "\x00")
	segment := map[string]any{"hex": hex.EncodeToString(written)}
	size := len(written)
	switch r.Below(4) {
	case 0:
		size = len(content)
		segment["pad_to"] = size
	case 1:
		size += r.Below(100)
		segment["pad_to"] = size
	case 2:
		size = r.Below(len(written) + 1)
		segment["hex"] = hex.EncodeToString(written[:size])
	}
	out := map[string]any{"segment": segment}
	if patches := drawnPatches(r, size); len(patches) > 0 {
		out["patches"] = patches
	}
	return out
}

func drawnPatches(r *random.Source, size int) []any {
	var out []any
	for range random.Pick(r, 0, 1, 1, 2) {
		at := random.Pick(r, r.Below(10), r.Below(300), r.Below(pageBytes), size-1-r.Below(10))
		if at < 0 || at >= size {
			continue
		}
		value := random.Pick(r, r.Below(256), r.Below(8), 1<<r.Below(8))
		out = append(out, map[string]any{"offset": at, "hex": fmt.Sprintf("%02x", value)})
	}
	return out
}
