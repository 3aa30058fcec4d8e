// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"regexp"
	"slices"
	"strings"
)

// needsByConfig tell features by the settings that ask for them, in any configuration of the case.
var needsByConfig = []struct {
	name  string
	found *regexp.Regexp
}{
	{"om", regexp.MustCompile(`fallback_scrape_protocol: OpenMetrics`)},
	{"pb", regexp.MustCompile(`fallback_scrape_protocol: PrometheusProto`)},
	{"nhcb", regexp.MustCompile(`convert_classic_histograms_to_nhcb`)},
	{"relabel", regexp.MustCompile(`\n *relabel_configs:`)},
	{"metric_relabel", regexp.MustCompile(`metric_relabel_configs:`)},
	{"legacy_names", regexp.MustCompile(`metric_name_validation_scheme: legacy`)},
	{"escaping", regexp.MustCompile(`metric_name_(validation_scheme: legacy|escaping_scheme)`)},
	{"http_client", regexp.MustCompile(`basic_auth|authorization|http_headers|tls_config|oauth2|proxy_`)},
	{"failure_log", regexp.MustCompile(`scrape_failure_log_file`)},
}

// Needs lists what the outcome may depend on beyond the engine and the text format; in doubt too much.
func Needs(c *Case, o *Outcome) ([]string, error) {
	recorded, err := Encode(o)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{
		"synthesize_st":  c.Options.SynthesizeST,
		"metadata":       c.Options.AppendMetadata,
		"type_and_unit":  c.Options.TypeAndUnitLabels,
		"start_time":     c.Options.ParseST || c.Head.STStorage || c.Head.STZeroSamples,
		"ooo":            c.Head.OutOfOrderWindowMS > 0,
		"exemplars":      c.Head.MaxExemplars > 0 || strings.Contains(string(recorded), `"exemplars":`),
		"histograms":     strings.Contains(string(recorded), `{"h":`) || strings.Contains(string(recorded), `{"fh":`),
		"storage_faults": len(c.Storage) > 0,
		"metadata_cache": cachesMetadata(o),
		"config_errors":  slices.ContainsFunc(o.Configs, func(r ConfigResult) bool { return r.Error != "" }),
		"static_configs": !slices.ContainsFunc(c.Events, func(e Event) bool { return e.Targets != nil }),
	}
	for _, e := range c.Events {
		needsOfEvent(e, found)
	}
	for _, responses := range c.Exporters {
		for i := range responses {
			needsOfResponse(&responses[i], found)
		}
	}
	out := []string{}
	for name, needed := range found {
		if needed {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

func needsOfEvent(e Event, found map[string]bool) {
	if e.Config != nil {
		for _, n := range needsByConfig {
			found[n.name] = found[n.name] || n.found.MatchString(*e.Config)
		}
	}
	for _, groups := range e.Targets {
		for _, group := range groups {
			for _, t := range append(group.Targets, group.Labels) {
				_, converts := t["__convert_classic_histograms_to_nhcb__"]
				found["nhcb"] = found["nhcb"] || converts
			}
		}
	}
}

func needsOfResponse(r *Response, found map[string]bool) {
	contentType := strings.ToLower(r.Headers["Content-Type"])
	for name, there := range map[string]bool{
		"om": strings.Contains(contentType, "openmetrics"), "pb": strings.Contains(contentType, "protobuf"),
		"gzip": r.Gzip || r.Headers["Content-Encoding"] != "", "chunked": r.Chunked, "redirect": r.Headers["Location"] != "",
	} {
		found[name] = found[name] || there
	}
}

func cachesMetadata(o *Outcome) bool {
	for name, v := range o.Metrics {
		if strings.HasPrefix(name, "prometheus_target_metadata_cache_") && v != 0.0 {
			return true
		}
	}
	return false
}
