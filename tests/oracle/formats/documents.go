// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	config_util "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"

	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/file"
	discovery_http "github.com/prometheus/prometheus/discovery/http"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"stalemark.test/oracle/random"
	"stalemark.test/oracle/scrape"
)

// Documents are files and HTTP answers with target groups.
var Documents = &Format{Path: "targets/documents.jsonl", Files: []string{"targets/documents.jsonl"}, Record: recordDocument, Generate: generateDocuments}

type documentCase struct {
	Mechanism   string  `json:"mechanism"`
	File        string  `json:"file"`
	URL         string  `json:"url"`
	Status      int     `json:"status"`
	ContentType *string `json:"content_type"`
}

func recordDocument(line []byte, _ string) ([]byte, error) {
	fields, err := decodeFields(line)
	if err != nil {
		return nil, err
	}
	content, err := decodeText(fields, "content")
	if err != nil {
		return nil, err
	}
	var c documentCase
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	read := readTargetFile
	if c.Mechanism == "http" {
		read = fetchTargets
	}
	groups, err := read(&c, content)
	expected := map[string]any{}
	if err != nil {
		setText(expected, "error", err.Error())
	} else if expected["groups"], err = groupsText(groups); err != nil {
		return nil, err
	}
	return withResults(line, map[string]any{"expected": expected})
}

// readTargetFile reads a file in a folder of its own, whose name the result does not show.
func readTargetFile(c *documentCase, content string) ([]*targetgroup.Group, error) {
	folder, err := os.MkdirTemp("", "stalemark-oracle-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	name := filepath.Join(folder, c.File)
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		return nil, err
	}
	groups, err := file.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		g.Source = strings.TrimPrefix(g.Source, folder+"/")
		g.Labels["__meta_filepath"] = model.LabelValue(c.File)
	}
	return groups, nil
}

// fetchTargets lets the real client ask a server that has this one answer.
func fetchTargets(c *documentCase, content string) ([]*targetgroup.Group, error) {
	settings := discovery_http.DefaultSDConfig
	settings.URL = c.URL
	registry := prometheus.NewRegistry()
	metrics := settings.NewDiscovererMetrics(registry, discovery.NewRefreshMetrics(registry))
	dial := func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go answer(server, c, content)
		return client, nil
	}
	d, err := discovery_http.NewDiscovery(&settings, discovery.DiscovererOptions{
		Logger: promslog.NewNopLogger(), Metrics: metrics, HTTPClientOptions: []config_util.HTTPClientOption{config_util.WithDialContextFunc(dial)},
	})
	if err != nil {
		return nil, err
	}
	inTime, cancel := context.WithTimeout(context.Background(), timeMax)
	defer cancel()
	return d.Refresh(inTime)
}

// answer serves one request; the client sees a failure of ours as one of the connection.
func answer(server net.Conn, c *documentCase, content string) {
	defer server.Close()
	_ = server.SetDeadline(time.Now().Add(timeMax))
	if _, err := http.ReadRequest(bufio.NewReader(server)); err != nil {
		return
	}
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\nConnection: close\r\n", c.Status, scrape.Reason(c.Status))
	if c.ContentType != nil {
		head += "Content-Type: " + *c.ContentType + "\r\n"
	}
	if c.Status != http.StatusNoContent {
		head += fmt.Sprintf("Content-Length: %d\r\n", len(content))
	}
	_, _ = server.Write([]byte(head + "\r\n" + content))
}

// groupsText gives the groups as the format has them, which cannot tell bytes that are not UTF-8.
func groupsText(groups []*targetgroup.Group) ([]any, error) {
	out := []any{}
	for _, g := range groups {
		targets := []model.LabelSet{}
		for _, t := range append([]model.LabelSet{g.Labels}, g.Targets...) {
			for name, v := range t {
				if !utf8.ValidString(string(name)) || !utf8.ValidString(string(v)) {
					return nil, fmt.Errorf("%w: a label that is not UTF-8", errUnspecified)
				}
			}
			targets = append(targets, t)
		}
		out = append(out, map[string]any{"source": g.Source, "labels": targets[0], "targets": targets[1:]})
	}
	return out, nil
}

var jsonDocuments = []string{
	`[{"targets": ["a:1", "b:2"], "labels": {"env": "prod"}}, {"targets": ["c:3"]}]`,
	`[{"Targets":["\u00e9\ud83d\ude00\n",null,1], "LABEL\u017f": {"a":"\ud800","b":null}},null]`,
	`[{"labels":{"":"1","x":1.5e-3},"foo":[{},[true,false]], "targets":["b"],"targets":[null,"c"]}]`,
	`[{"targets":["a","b"],"targets":["c"],"targets":["d",null]},{"targetſ":["z"]}]`, ` null `, `[5,"x",true,[],{}]`,
	`[{"targets":"x","labels":[1]}]`, `[{"labels":{"x":{}},"targets":[0,-0.1E+5]}]`,
}

var yamlDocuments = []string{
	"- targets: ['a:1', b:2]\n  labels:\n    env: prod\n- targets:\n  - c:3\n",
	"- targets: [1, true, 1.5, ~, 2020-01-01, 0x1F, 1_000, .inf]\n  labels: {x: 1, y: 1.50, z: true, w: ~, v: 2020-01-01}\n",
	"- &g\n  targets: [a]\n  labels: {x: y}\n- <<: *g\n  targets: [b]\n", "- targets: a\n  labels: [x]\n- foo: 1\n  bar: {a: b}\n",
	"- targets: [[a], {b: c}]\n  labels: {x: [1], '': y, 5: z, [q]: r}\n", "- targets: [a]\n  labels: {x: 1, x: 2}\n  labels: {}\n", "targets: [a]\n", "- x\n- 5\n- [a]\n-\n", "", "~\n",
	"- {}\n- targets: ~\n  labels: ~\n- labels: {~: x, true: y}\n", "- targets: [!!str 5, !!int '5', !!binary aGVsbG8=]\n",
	"- targets: &t [a, b]\n- targets: *t\n  labels: &l {a: b}\n- labels: {<<: *l, c: d}\n",
}

var jsonTokens = []string{
	`"`, `\`, `\u`, `\ud83d`, `{`, `}`, `[`, `]`, `,`, `:`, `null`, `true`, `fals`, `-`, `0`, `1.`, `e5`, " ", "\n", "\x01", "\xff", "é", `"targets"`, `"labels"`, `'`, `"a"`, `\x`, `/`, "\u00a0", `"a":1`,
	`"targets":null`, `{"labels":{"a":"b"}}`, `1e400`, `01`, `"\u0000"`,
}

var yamlTokens = []string{
	" ", "\n", "- ", "a", ": ", "[", "]", "{", "}", ",", "~", "1", "'", "\"", "targets: ", "labels: ", "*g", "&g ", "!!str ", "#", "|", ">", "x: y", "\n  ", "?", "''", "null", "- targets: [x]\n", "\t",
	"<<: {}", "\xff", "\u2028", "---\n", "%",
}

func generateDocuments(r *random.Source) []any {
	var out []any
	for range 4 {
		c := map[string]any{"mechanism": "file", "file": random.Pick(r, "t.json", "t.JSON", "t.Json")}
		content, texts := []byte(random.Pick(r, jsonDocuments...)), jsonTokens
		switch r.Below(3) {
		case 0:
			content, texts = []byte(random.Pick(r, yamlDocuments...)), yamlTokens
			c["file"] = random.Pick(r, "t.yml", "t.yaml", "t.YAML")
		case 1:
			c = map[string]any{"mechanism": "http", "url": random.Pick(r, "http://sd.example/targets?x=1", "http://h", "http://h:81/a%20b"), "status": random.Pick(r, 200, 200, 200, 200, 201, 204, 299, 400, 404, 500, 503)}
			if r.Percent(95) {
				c["content_type"] = random.Pick(r, "application/json", "application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8", "application/json; charset=\"utf-8\"",
					"application/json;", "application/jsonx", "APPLICATION/JSON", "text/json", "")
			}
		}
		for range r.Below(5) {
			content = mutate(r, content, texts)
		}
		if c["status"] == http.StatusNoContent {
			content = nil
		}
		if utf8.Valid(content) {
			c["content"] = string(content)
		} else {
			c["content"], c["content_b64"] = "", base64.StdEncoding.EncodeToString(content)
		}
		out = append(out, c)
	}
	return out
}
