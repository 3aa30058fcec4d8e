// SPDX-License-Identifier: Apache-2.0

// Package scrape records what Prometheus's scrape manager does on a case of the format scrape-conformance/1
// (tests/conformance/README.md), and generates such cases.
package scrape

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// Format is the value of the key `format` of every case.
const Format = "scrape-conformance/1"

// Case is one file. Expected stays undecoded: it is what a recording gives.
type Case struct {
	Format     string                `json:"format"`
	Name       string                `json:"name"`
	Covers     []string              `json:"covers"`
	About      string                `json:"about,omitempty"`
	Needs      []string              `json:"needs"`
	Hostname   string                `json:"hostname"`
	StartMS    int64                 `json:"start_ms"`
	DurationMS int64                 `json:"duration_ms"`
	Stop       bool                  `json:"stop"`
	Options    *Options              `json:"options,omitempty"`
	Head       *Head                 `json:"head,omitempty"`
	Storage    []StorageFault        `json:"storage,omitempty"`
	Exporters  map[string][]Response `json:"exporters"`
	Events     []Event               `json:"events"`
	Expected   json.RawMessage       `json:"expected,omitempty"`
}

// Options are the scrape.Options that differ from the server's defaults.
type Options struct {
	AppendMetadata            bool  `json:"append_metadata,omitempty"`
	ParseST                   bool  `json:"parse_st,omitempty"`
	SynthesizeST              bool  `json:"synthesize_st,omitempty"`
	TypeAndUnitLabels         bool  `json:"type_and_unit_labels,omitempty"`
	ScrapeOnShutdown          bool  `json:"scrape_on_shutdown,omitempty"`
	DiscoveryReloadOnStartup  bool  `json:"discovery_reload_on_startup,omitempty"`
	InitialScrapeOffsetMS     int64 `json:"initial_scrape_offset_ms,omitempty"`
	DiscoveryReloadIntervalMS int64 `json:"discovery_reload_interval_ms,omitempty"`
}

// Head are the options of the head that differ.
type Head struct {
	OutOfOrderWindowMS int64 `json:"out_of_order_window_ms,omitempty"`
	MaxExemplars       int64 `json:"max_exemplars,omitempty"`
	STZeroSamples      bool  `json:"st_zero_samples,omitempty"`
	STStorage          bool  `json:"st_storage,omitempty"`
}

// StorageFault makes one commit, counted over the whole run, slow or failing.
type StorageFault struct {
	Commit  int    `json:"commit"`
	DelayMS int64  `json:"delay_ms,omitempty"`
	Error   string `json:"error,omitempty"`
}

// Response is what an exporter answers to one request, or a fault.
type Response struct {
	Status      int               `json:"status,omitempty"`
	Headers     map[string]string `json:"headers,omitempty"`
	Body        string            `json:"body,omitempty"`
	BodyB64     string            `json:"body_b64,omitempty"`
	Gzip        bool              `json:"gzip,omitempty"`
	Chunked     bool              `json:"chunked,omitempty"`
	DelayMS     int64             `json:"delay_ms,omitempty"`
	BodyDelayMS int64             `json:"body_delay_ms,omitempty"`
	Fault       string            `json:"fault,omitempty"`
	After       int               `json:"after,omitempty"`
	Repeat      int               `json:"repeat,omitempty"`
}

// Bytes gives the body before compression.
func (r *Response) Bytes() ([]byte, error) {
	if r.BodyB64 == "" {
		return []byte(r.Body), nil
	}
	return base64.StdEncoding.DecodeString(r.BodyB64)
}

// Group is a target group as discovery sends it.
type Group struct {
	Source  string              `json:"source"`
	Labels  map[string]string   `json:"labels,omitempty"`
	Targets []map[string]string `json:"targets"`
}

// Disable names targets of one pool that shall write no end-of-run staleness markers.
type Disable struct {
	Pool      string   `json:"pool"`
	Instances []string `json:"instances"`
}

// Event is one thing that happens at a time; exactly one of the other fields is set.
type Event struct {
	AtMS            int64              `json:"at_ms"`
	Config          *string            `json:"config,omitempty"`
	Targets         map[string][]Group `json:"targets,omitzero"`
	Observe         bool               `json:"observe,omitempty"`
	DisableEndOfRun *Disable           `json:"disable_end_of_run,omitempty"`
}

// Decode reads one case.
func Decode(text []byte) (*Case, error) {
	c := &Case{}
	if err := json.Unmarshal(text, c); err != nil {
		return nil, err
	}
	if c.Format != Format {
		return nil, fmt.Errorf("the format is %q, not %q", c.Format, Format)
	}
	if c.Options == nil {
		c.Options = &Options{}
	}
	if c.Head == nil {
		c.Head = &Head{}
	}
	return c, nil
}
