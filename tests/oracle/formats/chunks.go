// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"stalemark.test/oracle/notation"
	"stalemark.test/oracle/random"
)

// Chunks are the bytes of chunks, appended to as the head does.
var Chunks = &Format{Path: "tsdb/chunks.jsonl", Files: []string{"tsdb/chunks.jsonl"}, Record: recordChunks, Generate: generateChunks}

var chunkEncodings = []chunkenc.Encoding{
	chunkenc.EncXOR, chunkenc.EncXOR2, chunkenc.EncHistogram, chunkenc.EncFloatHistogram, chunkenc.EncHistogramST, chunkenc.EncFloatHistogramST,
}

// chunkRun holds the chunks of a case, the last of which grows.
type chunkRun struct {
	chunks   []chunkenc.Chunk
	appender chunkenc.Appender
	steps    []string
}

func recordChunks(line []byte, _ string) ([]byte, error) {
	var c struct {
		Encoding string     `json:"encoding"`
		Samples  []walEntry `json:"samples"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	at := slices.IndexFunc(chunkEncodings, func(e chunkenc.Encoding) bool { return e.String() == c.Encoding })
	if at < 0 {
		return nil, fmt.Errorf("unknown encoding %q", c.Encoding)
	}
	chunk, err := chunkenc.NewEmptyChunk(chunkEncodings[at])
	if err != nil {
		return nil, err
	}
	run := chunkRun{chunks: []chunkenc.Chunk{chunk}}
	if run.appender, err = chunk.Appender(); err != nil {
		return nil, err
	}
	for i := range c.Samples {
		if err := run.append(&c.Samples[i]); err != nil {
			return nil, err
		}
	}
	expected := map[string]any{"chunks": run.texts()}
	if run.steps != nil {
		expected["steps"] = run.steps
	}
	return withResults(line, map[string]any{"expected": expected})
}

func (run *chunkRun) append(e *walEntry) error {
	var chunk chunkenc.Chunk
	var recoded bool
	switch {
	case e.H != nil:
		h, err := decodeIntegerHistogram(e.H)
		if err != nil {
			return err
		}
		if chunk, recoded, run.appender, err = run.appender.AppendHistogram(nil, e.ST, e.T, h, false); err != nil {
			return err
		}
	case e.FH != nil:
		fh, err := decodeFloatHistogram(e.FH)
		if err != nil {
			return err
		}
		if chunk, recoded, run.appender, err = run.appender.AppendFloatHistogram(nil, e.ST, e.T, fh, false); err != nil {
			return err
		}
	default:
		run.appender.Append(e.ST, e.T, float64(e.V))
		return nil
	}
	switch {
	case chunk == nil:
		run.steps = append(run.steps, "append")
	case recoded:
		run.chunks[len(run.chunks)-1] = chunk
		run.steps = append(run.steps, "recode")
	default:
		run.chunks = append(run.chunks, chunk)
		run.steps = append(run.steps, "new")
	}
	return nil
}

func (run *chunkRun) texts() []any {
	var out []any
	for _, c := range run.chunks {
		out = append(out, map[string]any{"n": c.NumSamples(), "hex": hex.EncodeToString(c.Bytes())})
	}
	return out
}

func generateChunks(r *random.Source) []any {
	var out []any
	for range 3 {
		encoding := random.Pick(r, chunkEncodings...).String()
		out = append(out, map[string]any{"encoding": encoding, "samples": drawnSamples(r, encoding, random.Pick(r, 3, 10, 40, 120))})
	}
	return out
}

func drawnSamples(r *random.Source, encoding string, most int) []any {
	stream := newEntryStream(r)
	state := newHistogramState(r)
	startTimes := strings.HasSuffix(encoding, "ST") || encoding == chunkenc.EncXOR2.String()
	step, value := random.Pick[int64](r, 1000, 15000, 15001, 60000), 0.0
	start := stream.t - int64(r.Below(100000))
	out := []any{}
	for range r.Between(1, most) {
		e := map[string]any{}
		stream.t += step
		if r.Percent(15) {
			stream.t += random.Pick[int64](r, 1, -1, 3, 8191, -8191, 65535, 524287, 1<<33, int64(r.Below(1<<20)))
		}
		setNumber(e, "t", stream.t)
		if startTimes {
			if r.Percent(10) {
				start = random.Pick(r, 0, stream.t, stream.t-1, start+1, start-int64(r.Below(1<<21)))
			}
			setNumber(e, "st", start)
		}
		switch encoding {
		case chunkenc.EncXOR.String(), chunkenc.EncXOR2.String():
			value += random.Pick(r, 0, 1, 1, 0.1, float64(r.Below(1000)))
			if e["v"] = notation.Bits(value); r.Percent(10) {
				e["v"] = drawnValue(r)
			}
		default:
			state.evolve(false)
			setHistogram(r, e, state.build(true), strings.HasPrefix(encoding, "float"))
		}
		out = append(out, e)
	}
	return out
}

// setHistogram sets h or fh; now and then a stale one.
func setHistogram(r *random.Source, e map[string]any, h *histogram.Histogram, asFloats bool) {
	switch {
	case r.Percent(4):
		setStale(e, asFloats)
	case asFloats:
		e["fh"] = floatHistogram(h.ToFloat(nil))
	default:
		e["h"] = integerHistogram(h)
	}
}
