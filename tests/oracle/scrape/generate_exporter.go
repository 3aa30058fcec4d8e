// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"encoding/base64"
	"unicode/utf8"

	"stalemark.test/oracle/random"
)

const (
	textType     = "text/plain; version=0.0.4; charset=utf-8"
	textType1    = "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
	openType     = "application/openmetrics-text; version=1.0.0; charset=utf-8"
	protobufType = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
)

// exporter draws the responses of one exporter: its families as they develop, with faults in between.
func (g *generator) exporter() []Response {
	format := g.style
	if format == "mixed" {
		format = random.Pick(g.Source, "text", "om", "pb")
	}
	f := g.newFamilies()
	var out []Response
	for range g.Between(2, 9) {
		g.develop(f)
		out = append(out, g.response(format, f))
	}
	return out
}

func (g *generator) response(format string, f *families) Response {
	r := Response{Status: 200, Headers: map[string]string{}}
	if g.Percent(20) {
		r.Repeat = g.Between(2, 3)
	}
	switch g.Below(50) {
	case 0, 1:
		return Response{Fault: "refuse", DelayMS: random.Pick(g.Source, 0, 0, int64(g.Between(1, 3000))), Repeat: r.Repeat}
	case 2:
		return Response{Fault: random.Pick(g.Source, "dial_timeout", "reset_before_head", "hang")}
	case 3:
		r.Status = random.Pick(g.Source, 500, 503, 404, 204, 201, 429)
		r.Headers["Content-Type"] = "text/html"
		r.Body = "<html>no</html>"
		return r
	case 4:
		r.Status = random.Pick(g.Source, 301, 302, 307, 308)
		r.Headers["Location"] = random.Pick(g.Source, "/other", "http://"+g.address[g.Below(len(g.address))]+"/moved", "http://nobody:1/x")
		return r
	case 5:
		return r // an empty body without a type
	}
	if g.wild && g.Percent(25) {
		return g.oddResponse(format, f)
	}
	body, contentType := g.body(format, f)
	g.setBody(&r, body, contentType)
	if g.Percent(6) {
		r.Fault = random.Pick(g.Source, "truncate", "hang_body")
		r.After = random.Pick(g.Source, g.Below(len(body)+1), g.Below(60), 1<<20)
		r.Gzip = false // `after` counts bytes as sent, and compressors differ
	}
	return r
}

func (g *generator) setBody(r *Response, body []byte, contentType string) {
	r.Body, r.BodyB64 = "", ""
	switch {
	case utf8.Valid(body):
		r.Body = string(body)
	default:
		r.BodyB64 = base64.StdEncoding.EncodeToString(body)
	}
	switch g.Below(40) {
	case 0: // no type
	case 1:
		r.Headers["Content-Type"] = random.Pick(g.Source, "text/html", "text/plain; version", "application/json", "text/plain", textType)
		if !g.plain && g.Percent(50) {
			r.Headers["Content-Type"] = openType
		}
	default:
		r.Headers["Content-Type"] = contentType
	}
	r.Gzip = g.Percent(15)
	r.Chunked = g.Percent(10)
	if g.Percent(6) {
		r.DelayMS = int64(g.Between(1, 4000))
	}
	if g.Percent(6) {
		r.BodyDelayMS = int64(g.Between(1, 4000))
	}
}

// body writes the families in a format and sometimes damages the text.
func (g *generator) body(format string, f *families) (body []byte, contentType string) {
	switch format {
	case "pb":
		body, contentType = g.protobuf(f), protobufType
		if g.Percent(3) && len(body) > 0 {
			body = body[:g.Below(len(body))]
		}
		return body, contentType
	case "om":
		body, contentType = g.openMetrics(f), openType
	default:
		body, contentType = g.text(f), random.Pick(g.Source, textType, textType, textType, textType1)
	}
	for g.wild && g.Percent(25) {
		body = g.mutate(body)
	}
	if g.Percent(4) && len(body) > 0 {
		at := g.Below(len(body))
		damage := random.Pick(g.Source, "\n", "x", " ", "}", "\"", "#", "\x00", "\xff", "broken line here\n", "1.5e\n")
		body = append(append(append([]byte{}, body[:at]...), damage...), body[at:]...)
	}
	return body, contentType
}

// BodyFormats are the formats of GenerateBody with their content types.
var BodyFormats = []struct{ Name, ContentType string }{{"text", textType}, {"om", openType}, {"pb", protobufType}}

// GenerateBody gives one random body, undamaged, for the tests of parsers alone.
func GenerateBody(seed uint64, format string) []byte {
	g := &generator{Source: random.New(seed, "body"), c: &Case{StartMS: 1_700_000_000_000}}
	f := g.newFamilies()
	for range g.Between(1, 4) {
		g.develop(f)
	}
	switch format {
	case "pb":
		return g.protobuf(f)
	case "om":
		return g.openMetrics(f)
	}
	return g.text(f)
}
