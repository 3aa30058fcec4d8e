// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	upstream "github.com/prometheus/prometheus/scrape"

	"stalemark.test/oracle/random"
	"stalemark.test/oracle/scrape"
)

// Seed is what a server's targets are spread by.
var Seed = &Format{Path: "targets/seed.jsonl", Files: []string{"targets/seed.jsonl"}, Record: recordSeed, Generate: generateSeed}

// Offset is how long a target waits for its first scrape.
var Offset = &Format{Path: "targets/offset.jsonl", Files: []string{"targets/offset.jsonl"}, Record: recordOffset, Generate: generateOffset}

func recordSeed(line []byte, _ string) ([]byte, error) {
	fields, err := decodeFields(line)
	if err != nil {
		return nil, err
	}
	host, err := decodeText(fields, "fqdn")
	if err != nil {
		return nil, err
	}
	external, err := decodeLabels(fields, "external_labels")
	if err != nil {
		return nil, err
	}
	if err := os.Setenv(scrape.HostnameVariable, host); err != nil {
		return nil, err
	}
	seed, err := upstream.OffsetSeed(labels.FromMap(external))
	if err != nil {
		return nil, err
	}
	expected := map[string]any{"seed": fmt.Sprint(seed)}
	hashed := host + labels.FromMap(external).String()
	h := fnv.New64a()
	if _, err := h.Write([]byte(hashed)); err != nil {
		return nil, err
	}
	if h.Sum64() != seed {
		return nil, fmt.Errorf("the seed %d is not that of %q", seed, hashed)
	}
	setText(expected, "hashed_text", hashed)
	return withResults(line, map[string]any{"expected": expected})
}

func generateSeed(r *random.Source) []any {
	external := map[string]string{}
	for range r.Below(4) {
		external[labelNames[r.Below(len(labelNames))]] = randomText(r)
	}
	return []any{map[string]any{"fqdn": random.Pick(r, "h", "a.example.com", "x-1.", "é"), "external_labels": external}}
}

func recordOffset(line []byte, _ string) ([]byte, error) {
	fields, err := decodeFields(line)
	if err != nil {
		return nil, err
	}
	in, err := decodeLabels(fields, "labels")
	if err != nil {
		return nil, err
	}
	var c struct {
		Params   map[string][]string `json:"params"`
		Seed     string              `json:"seed"`
		Interval int64               `json:"interval_ns"`
		Now      []int64             `json:"now_ns"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	seed, err := strconv.ParseUint(c.Seed, 10, 64)
	if err != nil {
		return nil, err
	}
	l := labels.FromMap(in)
	target := upstream.NewTarget(l, &config.ScrapeConfig{Params: url.Values(c.Params)}, nil, nil)
	waits := []int64{}
	for _, now := range c.Now {
		waits = append(waits, int64(target.OffsetAt(time.Unix(0, now), time.Duration(c.Interval), seed)))
	}
	return withResults(line, map[string]any{"expected": map[string]any{
		"label_hash": fmt.Sprint(l.Hash()), "url": target.URL().String(), "target_hash": fmt.Sprint(target.IdentityHash()), "offset_ns": waits,
	}})
}

func generateOffset(r *random.Source) []any {
	var out []any
	for range 3 {
		in := randomTarget(r, "h:1")
		if r.Percent(30) {
			in["__param_"+random.Pick(r, "a", "b")] = randomText(r)
		}
		interval := random.Pick(r, int64(time.Second), int64(15*time.Second), int64(time.Minute), int64(r.Bits()>>20)+1, 1, 1000)
		var now []int64
		for range r.Between(1, 4) {
			now = append(now, int64(r.Bits()>>2))
		}
		shift := r.Below(64)
		c := map[string]any{"labels": in, "seed": fmt.Sprint(r.Bits() >> shift), "interval_ns": interval, "now_ns": now}
		if r.Percent(40) {
			c["params"] = map[string][]string{random.Pick(r, "a", "b c"): {randomText(r)}}
		}
		out = append(out, c)
	}
	return out
}
