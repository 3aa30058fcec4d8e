// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	upstream "github.com/prometheus/prometheus/scrape"

	"stalemark.test/oracle/random"
	"stalemark.test/oracle/scrape"
)

// TargetLabels is the encoding, the hash and the text of a label set.
var TargetLabels = &Format{
	Path: "targets/labels.jsonl", Files: []string{"targets/labels.jsonl"}, Record: recordTargetLabels, Generate: generateTargetLabels,
}

// TargetURL is the URL of a target and the request made of it.
var TargetURL = &Format{
	Path: "targets/url.jsonl", Files: []string{"targets/url.jsonl"}, Record: recordTargetURL, Generate: generateTargetURL,
}

// Populate is what becomes of the targets of a group.
var Populate = &Format{
	Path: "targets/populate.jsonl", Files: []string{"targets/populate.jsonl"}, Record: recordPopulate, Generate: generatePopulate,
}

// shownMax is the longest encoding or text that a case shows.
const shownMax = 1500

func recordTargetLabels(line []byte, _ string) ([]byte, error) {
	fields, err := decodeFields(line)
	if err != nil {
		return nil, err
	}
	in, err := decodeLabels(fields, "labels")
	if err != nil {
		return nil, err
	}
	l := labels.FromMap(in)
	encoded := l.Bytes(nil)
	expected := map[string]any{"bytes_len": len(encoded), "hash": fmt.Sprint(l.Hash())}
	if len(encoded) > 0 && len(encoded) <= shownMax {
		expected["bytes_hex"] = hex.EncodeToString(encoded)
	}
	if text := l.String(); len(text) <= shownMax {
		setText(expected, "string", text)
	}
	return withResults(line, map[string]any{"expected": expected})
}

func generateTargetLabels(r *random.Source) []any {
	var out []any
	for range 4 {
		in := map[string]string{}
		for range r.Below(8) {
			in[labelNames[r.Below(len(labelNames))]] = randomText(r)
		}
		out = append(out, map[string]any{"labels": in})
	}
	return out
}

// randomText draws a text of letters that something may have to quote or escape.
func randomText(r *random.Source) string {
	text := ""
	for range r.Below(random.Pick(r, 4, 12, 300)) {
		text += random.Pick(r, "a", "Z", "0", " ", "\"", "\\", "\n", "\t", "\x00", "\x7f", "é", "\u00ad", "\u200b", "\ufffd", "😀", "%", "/", "?", "#", "&", "=", "+", "~", "!", "'", "*", ";", "|")
	}
	return text
}

func recordTargetURL(line []byte, _ string) ([]byte, error) {
	var c struct {
		Labels map[string]string   `json:"labels"`
		Params map[string][]string `json:"params"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	target := upstream.NewTarget(labels.FromMap(c.Labels), &config.ScrapeConfig{Params: url.Values(c.Params)}, nil, nil)
	text := target.URL().String()
	request := map[string]string{}
	made, err := http.NewRequest(http.MethodGet, text, http.NoBody)
	if err != nil {
		request["error"] = err.Error()
	} else {
		request["url"], request["request_uri"] = made.URL.String(), made.URL.RequestURI()
		if made.Host != "" {
			request["host"] = made.Host
		}
	}
	return withResults(line, map[string]any{"expected": map[string]any{"url": text, "request": request}})
}

func generateTargetURL(r *random.Source) []any {
	var out []any
	for range 6 {
		l := map[string]string{
			"__address__":      random.Pick(r, "h:9100", "h", "[::1]:80", "h:", "a b:1", "user@h:1", "h:80%", "é:1", "H:1", "h:99999", "h:x", "[::1", "h\n:1"),
			"__scheme__":       random.Pick(r, "http", "https", "HTTP", "x"),
			"__metrics_path__": random.Pick(r, "/metrics", "metrics", "", "//x", "/a/../b", "/"+randomText(r)),
		}
		params := map[string][]string{}
		for range r.Below(3) {
			l["__param_"+random.Pick(r, "a", "b", "")] = randomText(r)
		}
		for range r.Below(3) {
			params[random.Pick(r, "a", "b c", "é", "")] = random.Pick(r, []string{randomText(r)}, []string{"1", randomText(r)}, []string{})
		}
		c := map[string]any{"labels": l}
		if len(params) > 0 {
			c["params"] = params
		}
		out = append(out, c)
	}
	return out
}

type populateCase struct {
	Config   string       `json:"config"`
	Group    scrape.Group `json:"group"`
	GroupB64 *struct {
		Labels  map[string]string   `json:"labels"`
		Targets []map[string]string `json:"targets"`
	} `json:"group_b64"`
}

// group gives the target group of a case, from base64 where that is given.
func (c *populateCase) group() (*targetgroup.Group, error) {
	g := &targetgroup.Group{Source: c.Group.Source, Labels: labelSet(c.Group.Labels)}
	targets := c.Group.Targets
	if c.GroupB64 != nil {
		plain, err := fromBase64(c.GroupB64.Labels)
		if err != nil {
			return nil, err
		}
		g.Labels = labelSet(plain)
		for _, coded := range c.GroupB64.Targets {
			plain, err := fromBase64(coded)
			if err != nil {
				return nil, err
			}
			targets = append(targets, plain)
		}
	}
	for _, t := range targets {
		g.Targets = append(g.Targets, labelSet(t))
	}
	return g, nil
}

func labelSet(in map[string]string) model.LabelSet {
	out := model.LabelSet{}
	for name, v := range in {
		out[model.LabelName(name)] = model.LabelValue(v)
	}
	return out
}

func recordPopulate(line []byte, _ string) ([]byte, error) {
	c := &populateCase{}
	if err := json.Unmarshal(line, c); err != nil {
		return nil, err
	}
	group, err := c.group()
	if err != nil {
		return nil, err
	}
	loaded, err := config.Load(c.Config, promslog.NewNopLogger())
	var jobs []*config.ScrapeConfig
	if err == nil {
		jobs, err = loaded.GetScrapeConfigs()
	}
	if err != nil {
		failure := map[string]any{}
		setText(failure, "config_error", err.Error())
		return withResults(line, map[string]any{"expected": failure})
	}
	b := labels.NewBuilder(labels.EmptyLabels())
	failures, targets := []string{}, []any{}
	_, errs := upstream.TargetsFromGroup(group, jobs[0], nil, b)
	for _, err := range errs {
		failures = append(failures, err.Error())
	}
	for _, t := range group.Targets {
		targets = append(targets, populated(b, jobs[0], t, group.Labels))
	}
	return withResults(line, map[string]any{"expected": map[string]any{"failures": failures, "targets": targets}})
}

func populated(b *labels.Builder, job *config.ScrapeConfig, own, ofGroup model.LabelSet) map[string]any {
	out := map[string]any{}
	upstream.PopulateDiscoveredLabels(b, job, own, ofGroup)
	if discovered := b.Labels(); isUTF8(discovered) {
		setLabelMap(out, "discovered", discovered)
	}
	l, err := upstream.PopulateLabels(b, job, own, ofGroup)
	if err != nil {
		setText(out, "error", err.Error())
		return out
	}
	if l.IsEmpty() {
		out["dropped"] = true
		return out
	}
	t := upstream.NewTarget(l, job, own, ofGroup)
	setLabelMap(out, "labels", l)
	setLabelMap(out, "public", t.Labels(labels.NewBuilder(labels.EmptyLabels())))
	out["url"], out["label_hash"], out["target_hash"] = t.URL().String(), fmt.Sprint(l.Hash()), fmt.Sprint(t.IdentityHash())
	return out
}

func isUTF8(l labels.Labels) bool {
	valid := true
	l.Range(func(l labels.Label) { valid = valid && utf8.ValidString(l.Name) && utf8.ValidString(l.Value) })
	return valid
}

func generatePopulate(r *random.Source) []any {
	var out []any
	for range 4 {
		text := "scrape_configs:\n- job_name: j\n" + random.Pick(r, "", "  scrape_interval: 15s\n", "  scrape_interval: 5s\n  scrape_timeout: 5s\n", "  scheme: https\n", "  metrics_path: /m\n") +
			random.Pick(r, "", "", "  params: {a: ['1', '2'], b: []}\n", "  convert_classic_histograms_to_nhcb: true\n")
		if r.Percent(70) {
			text += "  relabel_configs:\n"
			for range r.Between(1, 3) {
				text += indented(targetRule(r))
			}
		}
		group := map[string]any{"source": "src/0", "targets": randomTargets(r)}
		if r.Percent(50) {
			group["labels"] = randomTarget(r, "")
		}
		out = append(out, map[string]any{"config": text, "group": group})
	}
	return out
}

func indented(rule string) string {
	out := ""
	for _, line := range splitLines(rule) {
		out += "  " + line
	}
	return out
}

func splitLines(text string) []string {
	var out []string
	start := 0
	for i := range text {
		if text[i] == '\n' {
			out = append(out, text[start:i+1])
			start = i + 1
		}
	}
	return out
}

var targetLabelNames = []string{
	"__address__", "__scheme__", "__metrics_path__", "__scrape_interval__", "__scrape_timeout__", "__param_a", "__meta_x", "__tmp", "instance", "job", "env",
	"__scrape_native_histograms__", "__always_scrape_classic_histograms__", "__convert_classic_histograms_to_nhcb__",
}

func targetValue(r *random.Source) string {
	return random.Pick(r, "h:1", "host", "", "a/b", "15s", "1s", "0s", "1m", "bad", "true", "T", "no", "https", "/x y", "é", "1.5s", "-1s")
}

func randomTarget(r *random.Source, address string) map[string]string {
	out := map[string]string{}
	for range r.Below(4) {
		out[targetLabelNames[r.Below(len(targetLabelNames))]] = targetValue(r)
	}
	if address != "" && r.Percent(95) {
		out["__address__"] = address
	}
	return out
}

func randomTargets(r *random.Source) []map[string]string {
	out := []map[string]string{}
	for i := range r.Between(1, 4) {
		out = append(out, randomTarget(r, random.Pick(r, fmt.Sprintf("h%d:9100", i), "h", "[::1]:80", "a/b", "")))
	}
	return out
}

// targetRule sets or removes one of the labels that a target is made of.
func targetRule(r *random.Source) string {
	label := targetLabelNames[r.Below(len(targetLabelNames))]
	switch r.Below(5) {
	case 0:
		return fmt.Sprintf("- action: %s\n  regex: '%s'\n", random.Pick(r, "labeldrop", "labelkeep"), random.Pick(r, label, "__.*", ".*e.*", "__address__|job"))
	case 1:
		return fmt.Sprintf("- action: %s\n  source_labels: [%s]\n  regex: '%s'\n", random.Pick(r, "keep", "drop"), label, random.Pick(r, "h.*", "", ".+", "true"))
	case 2:
		return relabelRule(r)
	}
	return fmt.Sprintf("- target_label: %s\n  replacement: '%s'\n", label, targetValue(r))
}
