// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"slices"
	"strings"

	"stalemark.test/oracle/random"
)

// oddResponse draws what exporters and what stands in front of them send when something is wrong.
func (g *generator) oddResponse(format string, f *families) Response {
	body, contentType := g.body(format, f)
	r := Response{Status: 200, Headers: map[string]string{}}
	g.setBody(&r, body, contentType)
	switch g.Below(5) {
	case 0:
		r.Status = random.Pick(g.Source, 203, 206, 304, 400, 401, 403, 418, 429, 502, 599)
		if bodyless(r.Status) {
			r.Body, r.BodyB64, r.Chunked, r.Gzip = "", "", false, false
		}
	case 1:
		r.Headers["Content-Type"] = random.Pick(g.Source, oddTypes...)
	case 2:
		r.Gzip = false
		r.Headers["Content-Encoding"] = random.Pick(g.Source, "gzip", "GZIP", "identity", "deflate", "gzip, gzip", "")
		if g.Percent(40) {
			r.Body, r.BodyB64 = "", "H4sIAAAAAAAA/w==" // only the head of a gzip stream
		}
	case 3:
		r.Status = random.Pick(g.Source, 301, 302, 303, 307, 308)
		r.Headers["Location"] = random.Pick(g.Source, "", "/again", "?x=1", "//"+g.address[0]+"/p", "ftp://h/x", "http://[::1", "http://h:port/", "other/path", "/a b", "#f", "/%zz")
		r.Repeat = g.Between(1, 12)
	default:
		body = append(body, random.Pick(g.Source, "", "late_sample 1\n", "app_z{a=\"1\",a=\"2\"} 1\n", "app_z{} 1 1000\n", "{} 1\n", "app_z{l=\"x\"} 1 99999999999999\n", "# EOF\nx 1\n", "app_z 1\r\n")...)
		g.setBody(&r, body, contentType)
	}
	return r
}

var oddTypes = []string{
	"text/plain; version=1.0.0", "text/plain; version=9", "; x=y", "text/plain; charset", "text/plain; a=1; a=2", "TEXT/PLAIN", "text/plain;version=0.0.4;", "application/openmetrics-text",
	"application/openmetrics-text; version=9", "application/openmetrics-text; version=0.0.1", "application/vnd.google.protobuf", "application/vnd.google.protobuf; proto=x; encoding=delimited",
	"application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text", "text/html; charset=utf-8", "application/octet-stream", "x", "*/*", "text/", "text/plain, text/html",
}

var lineParts = []string{
	"\n", " ", "{", "}", "\"", "=", ",", "#", "# EOF\n", "# TYPE app_a histogram\n", "# TYPE app_a counter\n", "# UNIT app_a_seconds seconds\n", "# HELP app_a x\n", " # {a=\"b\"} 1 2\n", "_created", "_bucket", "_total",
	"_sum", "_count", "le=\"+Inf\"", "le=\"1\"", "NaN", "+Inf", "-1", "1e9", "0x1p3", "1_0", "\\", "\\n", "\x00", "\xff", "é", "\"a.b\"", "\t", "\r\n", " 1.5", " 123", "instance=\"own\",", "__name__=\"x\",",
}

// mutate changes a body in one place: a line twice, gone or elsewhere, or some bytes.
func (g *generator) mutate(body []byte) []byte {
	if len(body) == 0 {
		return body
	}
	at := g.Below(len(body))
	switch g.Below(6) {
	case 0:
		return slices.Delete(slices.Clone(body), at, min(at+g.Between(1, 8), len(body)))
	case 1:
		out := slices.Clone(body)
		out[at] = byte(g.Bits())
		return out
	case 2, 3:
		return slices.Concat(body[:at], []byte(lineParts[g.Below(len(lineParts))]), body[at:])
	}
	lines := strings.SplitAfter(string(body), "\n")
	i, j := g.Below(len(lines)), g.Below(len(lines))
	switch g.Below(3) {
	case 0:
		lines = slices.Insert(lines, i, lines[j])
	case 1:
		lines = slices.Delete(lines, i, i+1)
	default:
		lines[i], lines[j] = lines[j], lines[i]
	}
	return []byte(strings.Join(lines, ""))
}
