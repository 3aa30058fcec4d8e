// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	jsoniter "github.com/json-iterator/go"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/proto"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/util/jsonutil"

	"stalemark.test/oracle/notation"
	"stalemark.test/oracle/random"
)

// TextToBits is what the parsers read from one token.
var TextToBits = &Format{
	Path: "floats/text-to-bits.jsonl", Files: []string{"floats/text-to-bits.jsonl"}, Record: recordTextToBits, Generate: generateTextToBits,
}

// BitsToText is how a float is written.
var BitsToText = &Format{
	Path: "floats/bits-to-text.jsonl", Files: []string{"floats/bits-to-text.jsonl"}, Record: recordBitsToText, Generate: generateBitsToText,
}

const (
	textType = "text/plain; version=0.0.4"
	openType = "application/openmetrics-text; version=1.0.0"
)

func recordTextToBits(line []byte, _ string) ([]byte, error) {
	fields, err := decodeFields(line)
	if err != nil {
		return nil, err
	}
	in, err := decodeText(fields, "in")
	if err != nil {
		return nil, err
	}
	results := map[string]any{
		"text":   firstValue("a "+in+"\n", textType, false),
		"om":     firstValue("a "+in+"\n# EOF\n", openType, false),
		"text_t": firstValue("a 1 "+in+"\n", textType, true),
		"om_t":   firstValue("a 1 "+in+"\n# EOF\n", openType, true),
	}
	if utf8.ValidString(in) && !strings.ContainsAny(in, "\"\\\n") {
		results["le"] = bucketBound(in)
	}
	return withResults(line, results)
}

// firstValue gives the value, or the time, of the first sample, or the error of the body.
func firstValue(body, contentType string, wantTime bool) map[string]any {
	p, err := textparse.New([]byte(body), contentType, labels.NewSymbolTable(), textparse.ParserOptions{})
	out := map[string]any{}
	for err == nil {
		var kind textparse.Entry
		if kind, err = p.Next(); err != nil || kind != textparse.EntrySeries || len(out) > 0 {
			continue
		}
		_, t, v := p.Series()
		switch {
		case !wantTime:
			out["v"] = notation.Bits(v)
		case t != nil:
			out["t"] = *t
		}
	}
	if !errors.Is(err, io.EOF) {
		failure := map[string]any{}
		setText(failure, "error", err.Error())
		return failure
	}
	return out
}

// bucketBound gives the label le as it stands after parsing.
func bucketBound(in string) string {
	p, err := textparse.New([]byte("# TYPE a histogram\na{le=\""+in+"\"} 1\n"), textType, labels.NewSymbolTable(), textparse.ParserOptions{})
	for err == nil {
		var kind textparse.Entry
		if kind, err = p.Next(); err == nil && kind == textparse.EntrySeries {
			var l labels.Labels
			p.Labels(&l)
			return l.Get("le")
		}
	}
	return ""
}

func recordBitsToText(line []byte, _ string) ([]byte, error) {
	fields, err := decodeFields(line)
	if err != nil {
		return nil, err
	}
	text, err := decodeText(fields, "bits")
	if err != nil {
		return nil, err
	}
	raw, err := strconv.ParseUint(text, 16, 64)
	if err != nil {
		return nil, err
	}
	v := math.Float64frombits(raw)
	le, quantile, err := protobufLabels(v)
	if err != nil {
		return nil, err
	}
	return withResults(line, map[string]any{"le": le, "quantile": quantile, "g": strconv.FormatFloat(v, 'g', -1, 64), "api": apiText(v)})
}

// protobufLabels gives the labels that the protobuf parser writes for a bucket's bound and for a quantile.
func protobufLabels(v float64) (le, quantile string, err error) {
	var body bytes.Buffer
	for _, family := range []*dto.MetricFamily{
		{Name: proto.String("h"), Type: dto.MetricType_HISTOGRAM.Enum(), Metric: []*dto.Metric{{Histogram: &dto.Histogram{
			SampleCount: proto.Uint64(1), SampleSum: proto.Float64(1), Bucket: []*dto.Bucket{{CumulativeCount: proto.Uint64(1), UpperBound: proto.Float64(v)}},
		}}}},
		{Name: proto.String("s"), Type: dto.MetricType_SUMMARY.Enum(), Metric: []*dto.Metric{{Summary: &dto.Summary{
			SampleCount: proto.Uint64(1), SampleSum: proto.Float64(1), Quantile: []*dto.Quantile{{Quantile: proto.Float64(v), Value: proto.Float64(1)}},
		}}}},
	} {
		if _, err := protodelim.MarshalTo(&body, family); err != nil {
			return "", "", err
		}
	}
	p, err := textparse.New(body.Bytes(), "application/vnd.google.protobuf", labels.NewSymbolTable(), textparse.ParserOptions{})
	for err == nil {
		var kind textparse.Entry
		if kind, err = p.Next(); err != nil || kind != textparse.EntrySeries {
			continue
		}
		var l labels.Labels
		p.Labels(&l)
		if found := l.Get("le"); found != "" && le == "" {
			le = found
		}
		if found := l.Get("quantile"); found != "" {
			quantile = found
		}
	}
	if !errors.Is(err, io.EOF) {
		return "", "", fmt.Errorf("the parser refuses the body: %w", err)
	}
	return le, quantile, nil
}

func apiText(v float64) string {
	stream := jsoniter.ConfigCompatibleWithStandardLibrary.BorrowStream(nil)
	defer jsoniter.ConfigCompatibleWithStandardLibrary.ReturnStream(stream)
	jsonutil.MarshalFloat(v, stream)
	return strings.Trim(string(stream.Buffer()), "\"")
}

func generateTextToBits(r *random.Source) []any {
	var out []any
	for range 6 {
		text := ""
		switch r.Below(4) {
		case 0:
			for range r.Between(1, 10) {
				text += random.Pick(r, "0", "1", "9", ".", "e", "-", "+", "_", "x", "p", "n", "a", "i", "f", "I", "N", "E", "5", "7")
			}
		case 1:
			text = strconv.FormatFloat(math.Float64frombits(r.Bits()), byte(random.Pick(r, 'e', 'f', 'g', 'x')), random.Pick(r, -1, 17, 20, 5), 64)
		case 2:
			text = fmt.Sprintf("%d.%d", r.Bits()>>r.Below(64), r.Bits()>>r.Below(64)) + random.Pick(r, "", "e10", "e-300", "E+5")
		default:
			text = fmt.Sprint(int64(r.Bits()) >> r.Below(64))
		}
		out = append(out, map[string]any{"in": text})
	}
	return out
}

func generateBitsToText(r *random.Source) []any {
	var out []any
	for range 4 {
		v := r.Bits()
		if r.Percent(50) {
			v = math.Float64bits(float64(int64(v)>>r.Below(64)) / random.Pick(r, 1.0, 10, 1000, 1e7, 8))
		}
		out = append(out, map[string]any{"bits": fmt.Sprintf("%016x", v)})
	}
	return out
}
