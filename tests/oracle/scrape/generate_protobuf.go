// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"bytes"
	"math"
	"time"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"stalemark.test/oracle/random"
)

// protobuf writes the families as delimited messages.
func (g *generator) protobuf(f *families) []byte {
	var out bytes.Buffer
	for _, one := range f.list {
		if _, err := protodelim.MarshalTo(&out, g.message(one)); err != nil {
			panic(err) // a name that is not UTF-8: the generator makes none
		}
	}
	return out.Bytes()
}

var messageTypes = map[string]dto.MetricType{
	"counter": dto.MetricType_COUNTER, "gauge": dto.MetricType_GAUGE, "summary": dto.MetricType_SUMMARY, "unknown": dto.MetricType_UNTYPED,
	"histogram": dto.MetricType_HISTOGRAM, "native": dto.MetricType_HISTOGRAM, "gaugehistogram": dto.MetricType_GAUGE_HISTOGRAM,
	"info": dto.MetricType_GAUGE, "stateset": dto.MetricType_GAUGE,
}

func (g *generator) message(f *family) *dto.MetricFamily {
	m := &dto.MetricFamily{Name: proto.String(f.name), Type: messageTypes[f.kind].Enum()}
	if f.help != "" {
		m.Help = proto.String(f.help)
	}
	if f.unit != "" {
		m.Unit = proto.String(f.unit)
	}
	for _, s := range f.series {
		m.Metric = append(m.Metric, g.metric(f, s))
		if s.again {
			m.Metric = append(m.Metric, g.metric(f, s))
		}
	}
	return m
}

func (g *generator) metric(f *family, s *series) *dto.Metric {
	m := &dto.Metric{}
	for _, l := range s.labels {
		m.Label = append(m.Label, &dto.LabelPair{Name: proto.String(l[0]), Value: proto.String(l[1])})
	}
	if s.timed {
		m.TimestampMs = proto.Int64(g.c.StartMS + s.time)
	}
	var created *timestamppb.Timestamp
	if s.created > 0 {
		created = timestamppb.New(time.UnixMilli(g.c.StartMS - 1000*s.created))
	}
	value := s.value
	if g.Percent(1) {
		value = math.Float64frombits(0x7ff0000000000002) // a stale marker, which only this format can carry
	}
	switch f.kind {
	case "counter":
		m.Counter = &dto.Counter{Value: proto.Float64(value), CreatedTimestamp: created}
		if s.exemplar {
			m.Counter.Exemplar = g.messageExemplar(s)
		}
	case "summary":
		m.Summary = &dto.Summary{SampleCount: proto.Uint64(total(s.counts)), SampleSum: proto.Float64(s.sum), CreatedTimestamp: created}
		for _, q := range []float64{0.5, 0.99} {
			m.Summary.Quantile = append(m.Summary.Quantile, &dto.Quantile{Quantile: proto.Float64(q), Value: proto.Float64(value)})
		}
	case "unknown":
		m.Untyped = &dto.Untyped{Value: proto.Float64(value)}
	case "histogram", "native", "gaugehistogram":
		m.Histogram = g.messageHistogram(f, s)
		m.Histogram.CreatedTimestamp = created
	default:
		m.Gauge = &dto.Gauge{Value: proto.Float64(value)}
	}
	return m
}

func (g *generator) messageExemplar(s *series) *dto.Exemplar {
	e := &dto.Exemplar{Value: proto.Float64(s.sum + 0.25)}
	e.Label = []*dto.LabelPair{{Name: proto.String("trace_id"), Value: proto.String(random.Pick(g.Source, "1", "2", "3"))}}
	if g.Percent(60) {
		e.Timestamp = timestamppb.New(time.UnixMilli(g.c.StartMS + int64(g.Between(-1000, 20_000))))
	}
	return e
}

// messageHistogram writes classic buckets, native ones, or both.
func (g *generator) messageHistogram(f *family, s *series) *dto.Histogram {
	h := &dto.Histogram{SampleSum: proto.Float64(s.sum)}
	classic := f.kind != "native" || g.Percent(30)
	native := f.kind == "native" || g.Percent(20)
	count := total(s.counts)
	if native {
		count = total(s.native) + s.zero
	}
	if classic {
		var sum uint64
		for i, b := range bounds {
			sum += s.counts[i]
			bucket := &dto.Bucket{CumulativeCount: proto.Uint64(sum), UpperBound: proto.Float64(b)}
			if s.exemplar && i == 0 {
				bucket.Exemplar = g.messageExemplar(s)
			}
			h.Bucket = append(h.Bucket, bucket)
		}
	}
	switch {
	case native && g.Percent(20):
		g.floatBuckets(h, s)
	case native:
		h.SampleCount = proto.Uint64(count)
		g.integerBuckets(h, s)
	default:
		h.SampleCount = proto.Uint64(count)
	}
	if native && s.exemplar {
		h.Exemplars = []*dto.Exemplar{g.messageExemplar(s), g.messageExemplar(s)}
	}
	return h
}

func (g *generator) integerBuckets(h *dto.Histogram, s *series) {
	h.Schema, h.ZeroThreshold, h.ZeroCount = proto.Int32(int32(s.schema)), proto.Float64(0.001), proto.Uint64(s.zero)
	h.PositiveSpan = g.messageSpans(s)
	last := int64(0)
	for _, c := range s.native {
		h.PositiveDelta = append(h.PositiveDelta, int64(c)-last)
		last = int64(c)
	}
	if g.Percent(10) && len(s.native) > 0 { // the same buckets on the other side; the count does not follow
		h.NegativeSpan, h.NegativeDelta = h.PositiveSpan, h.PositiveDelta
	}
}

func (g *generator) floatBuckets(h *dto.Histogram, s *series) {
	h.Schema, h.ZeroThreshold, h.ZeroCountFloat = proto.Int32(int32(s.schema)), proto.Float64(0.001), proto.Float64(float64(s.zero)+0.5)
	h.SampleCountFloat = proto.Float64(float64(total(s.native)+s.zero) + 0.5)
	h.PositiveSpan = g.messageSpans(s)
	for _, c := range s.native {
		h.PositiveCount = append(h.PositiveCount, float64(c))
	}
}

// messageSpans covers the native buckets with one span, or two with a gap.
func (g *generator) messageSpans(s *series) []*dto.BucketSpan {
	n := len(s.native)
	if n == 0 {
		if g.Percent(50) {
			return []*dto.BucketSpan{{Offset: proto.Int32(0), Length: proto.Uint32(0)}}
		}
		return nil
	}
	if n > 1 && g.Percent(40) {
		first := g.Between(1, n-1)
		return []*dto.BucketSpan{
			{Offset: proto.Int32(int32(s.offset)), Length: proto.Uint32(uint32(first))},
			{Offset: proto.Int32(int32(g.Between(0, 3))), Length: proto.Uint32(uint32(n - first))},
		}
	}
	return []*dto.BucketSpan{{Offset: proto.Int32(int32(s.offset)), Length: proto.Uint32(uint32(n))}}
}
