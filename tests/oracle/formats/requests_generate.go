// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"fmt"
	"strings"

	"stalemark.test/oracle/random"
)

// seriesOfRequests is how many series a case of remote write has.
const seriesOfRequests = 6

func generateRequests(r *random.Source) []any {
	return []any{drawnRequests(r), drawnRequests(r)}
}

func drawnRequests(r *random.Source) map[string]any {
	c := map[string]any{}
	if r.Percent(25) {
		c["global"] = "external_labels: {" + strings.Join(random.Some(r, 50, "region: eu", "job: other", "a: ''", "'x-y': z", "__name__: n", "A: '1'"), ", ") + "}"
	}
	version2 := r.Percent(50)
	if version2 && r.Percent(30) {
		c["type_and_unit_labels"] = true
	}
	shards := random.Pick(r, 1, 1, 1, 2, 3)
	if shards > 1 {
		c["unordered"] = true
	}
	c["remote_write"] = drawnRemoteWrite(r, version2, shards)
	if shards == 1 && r.Percent(35) {
		c["responses"] = drawnResponses(r)
	}
	stream := newEntryStream(r)
	stream.refsBelow = seriesOfRequests + 1 // one of them is in no record
	series := []any{}
	for ref := range seriesOfRequests {
		series = append(series, map[string]any{"ref": ref + 1, "labels": drawnLabels(r, true)})
	}
	records := []any{map[string]any{"kind": "series", "entries": series}}
	if r.Percent(25) { // first: behind samples it would race with them
		records = append(records, map[string]any{"kind": "target_metadata", "entries": drawnTargetMetadata(r)})
	}
	for range r.Between(0, 6) {
		kind := random.Pick(r, "samples", "samples", "samples", "exemplars", "histograms", "float_histograms", "metadata")
		records = append(records, map[string]any{"kind": kind, "entries": stream.entries(kind, r.Between(1, 5))})
	}
	c["records"] = records
	return c
}

func drawnRemoteWrite(r *random.Source, version2 bool, shards int) string {
	var out strings.Builder
	if version2 {
		out.WriteString("protobuf_message: io.prometheus.write.v2.Request\n")
	}
	for _, option := range random.Some(r, 50, "send_exemplars: true", "send_native_histograms: true") {
		out.WriteString(option + "\n")
	}
	if r.Percent(15) {
		out.WriteString("metadata_config: {max_samples_per_send: 2}\n")
	}
	if r.Percent(15) {
		out.WriteString("headers: {X-Scope-OrgID: t1}\n")
	}
	if rules := random.Some(r, 12, "{source_labels: [instance], regex: 'h:1', action: drop}", "{regex: job, action: labeldrop}", "{target_label: new, replacement: v}",
		"{source_labels: [__name__], regex: 'm|up', action: keep}", "{regex: '(.)', replacement: 'x$1', action: labelmap}", "{target_label: __name__, replacement: ''}"); len(rules) > 0 {
		out.WriteString("write_relabel_configs:\n- " + strings.Join(rules, "\n- ") + "\n")
	}
	queue := []string{fmt.Sprintf("max_shards: %d, min_shards: %d", shards, shards), "batch_send_deadline: 1h, min_backoff: 1ms, max_backoff: 2ms"}
	queue = append(queue, random.Some(r, 40, fmt.Sprintf("max_samples_per_send: %d", r.Between(1, 7)), "retry_on_http_429: true")...)
	out.WriteString("queue_config: {" + strings.Join(queue, ", ") + "}\n")
	return out.String()
}

func drawnResponses(r *random.Source) []any {
	out := []any{}
	for range r.Between(1, 4) {
		response := map[string]any{"status": random.Pick(r, 200, 204, 400, 404, 415, 429, 500, 503, 599, 302, 202)}
		if r.Percent(40) {
			response["body"] = random.Pick(r, "no", "two\nlines", strings.Repeat("long ", 120), "é")
		}
		headers := map[string]string{}
		if r.Percent(20) {
			headers["Retry-After"] = random.Pick(r, "0", "x", "-1")
		}
		for _, name := range random.Some(r, 25, "Samples", "Histograms", "Exemplars") {
			headers["X-Prometheus-Remote-Write-"+name+"-Written"] = random.Pick(r, "0", "1", "2", "x", "100")
		}
		if len(headers) > 0 {
			response["headers"] = headers
		}
		if s := response["status"]; s == 204 || s == 302 {
			delete(response, "body")
		}
		out = append(out, response)
	}
	return out
}

func drawnTargetMetadata(r *random.Source) []any {
	out := []any{}
	for i := range r.Between(1, 5) {
		e := map[string]any{"family": fmt.Sprintf("m%d", i)}
		e["type"] = random.Pick(r, "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown")
		setText(e, "unit", random.Pick(r, "", "s"))
		setText(e, "help", random.Pick(r, "", "Help."))
		out = append(out, e)
	}
	return out
}
