// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"stalemark.test/oracle/random"
)

// setting is one key of a block with the text of its value: a scalar on the line, or a block in the lines below.
type setting struct {
	key, value string
}

// job is one scrape_config.
type job struct {
	name     string
	settings []setting
}

func (g *generator) firstConfig() {
	if g.Percent(40) {
		g.global = append(g.global, setting{"external_labels", "\n    replica: " + random.Pick(g.Source, "a", "b", "\"x\\\"y\"")})
	}
	for range g.Below(2) {
		g.global = withSetting(g.global, g.globalSetting())
	}
	if !g.plain {
		for _, s := range random.Some(g.Source, 40, "scrape_native_histograms", "convert_classic_histograms_to_nhcb", "always_scrape_classic_histograms") {
			g.global = withSetting(g.global, setting{s, "true"})
		}
	}
	for range g.Between(1, 3) {
		g.newJob()
	}
}

func (g *generator) newJob() {
	j := &job{name: fmt.Sprintf("job%d", g.nextJob)}
	g.nextJob++
	interval := g.Between(10, 120) * 100
	timeout := random.Pick(g.Source, interval, interval/2, interval*9/10)
	j.settings = []setting{{"scrape_interval", fmt.Sprintf("%dms", interval)}, {"scrape_timeout", fmt.Sprintf("%dms", timeout)}}
	for range g.Below(5) {
		j.settings = withSetting(j.settings, g.jobSetting())
	}
	g.jobs = append(g.jobs, j)
}

// changeConfig makes one change for a reload.
func (g *generator) changeConfig() {
	j := g.jobs[g.Below(len(g.jobs))]
	switch g.Below(10) {
	case 0: // nothing changes
	case 1:
		g.newJob()
	case 2:
		if len(g.jobs) > 1 {
			g.jobs = g.jobs[1:]
		}
	case 3:
		if len(j.settings) > 2 {
			j.settings = j.settings[:len(j.settings)-1]
		}
	case 4:
		g.global = withSetting(g.global, g.globalSetting())
	case 5:
		interval := g.Between(10, 120) * 100
		j.settings = withSetting(j.settings, setting{"scrape_interval", fmt.Sprintf("%dms", interval)})
		j.settings = withSetting(j.settings, setting{"scrape_timeout", fmt.Sprintf("%dms", interval*random.Pick(g.Source, 3, 8, 10, 10, 11)/10)})
	default:
		j.settings = withSetting(j.settings, g.jobSetting())
	}
}

// staticConfigs writes groups as they stand in a configuration: all labels belong to the group.
func staticConfigs(groups []Group) string {
	out := ""
	for _, group := range groups {
		for _, t := range group.Targets {
			merged := map[string]string{}
			maps.Copy(merged, group.Labels)
			maps.Copy(merged, t)
			address := merged["__address__"]
			delete(merged, "__address__")
			out += fmt.Sprintf("\n  - targets: [%q]", address)
			if len(merged) > 0 {
				out += "\n    labels:"
			}
			for _, name := range slices.Sorted(maps.Keys(merged)) {
				out += fmt.Sprintf("\n      %s: %q", name, merged[name])
			}
		}
	}
	if out == "" {
		return "[]"
	}
	return out
}

func withSetting(settings []setting, s setting) []setting {
	var out []setting
	for _, old := range settings {
		if old.key != s.key {
			out = append(out, old)
		}
	}
	return append(out, s)
}

func (g *generator) configText() string {
	var out strings.Builder
	if len(g.global) > 0 {
		out.WriteString("global:\n")
		for _, s := range g.global {
			writeSetting(&out, s)
		}
	}
	out.WriteString("scrape_configs:\n")
	for _, j := range g.jobs {
		fmt.Fprintf(&out, "- job_name: %s\n", j.name)
		for _, s := range j.settings {
			writeSetting(&out, s)
		}
	}
	return out.String()
}

func writeSetting(out *strings.Builder, s setting) {
	gap := " "
	if strings.HasPrefix(s.value, "\n") {
		gap = ""
	}
	fmt.Fprintf(out, "  %s:%s%s\n", s.key, gap, s.value)
}

func (g *generator) globalSetting() setting {
	limit := func(low, high int) string { return fmt.Sprint(g.Between(low, high)) }
	if !g.plain && g.Percent(30) {
		return random.Pick(g.Source,
			setting{"scrape_native_histograms", "true"},
			setting{"always_scrape_classic_histograms", "true"},
			setting{"convert_classic_histograms_to_nhcb", "true"},
		)
	}
	return random.Pick(g.Source,
		setting{"extra_scrape_metrics", "true"},
		setting{"sample_limit", limit(2, 30)},
		setting{"label_limit", limit(3, 9)},
		setting{"target_limit", limit(1, 4)},
		setting{"body_size_limit", limit(100, 900) + "B"},
		setting{"keep_dropped_targets", limit(1, 3)},
		setting{"metric_name_validation_scheme", "legacy"},
		setting{"scrape_protocols", "[PrometheusText0.0.4]"},
	)
}

func (g *generator) jobSetting() setting {
	limit := func(low, high int) string { return fmt.Sprint(g.Between(low, high)) }
	switch g.Below(12) {
	case 0, 1, 2:
		return setting{"metric_relabel_configs", g.rules(metricRules)}
	case 3, 4:
		return setting{"relabel_configs", g.rules(targetRules)}
	case 5, 6:
		return random.Pick(g.Source,
			setting{"sample_limit", limit(1, 30)}, setting{"label_limit", limit(2, 9)}, setting{"label_name_length_limit", limit(4, 24)},
			setting{"label_value_length_limit", limit(3, 20)}, setting{"target_limit", limit(1, 4)}, setting{"body_size_limit", limit(60, 900) + "B"},
			setting{"native_histogram_bucket_limit", limit(1, 5)}, setting{"keep_dropped_targets", limit(1, 3)})
	case 7, 8:
		if g.plain {
			return setting{"honor_timestamps", "false"}
		}
		if g.Percent(30) {
			return setting{"native_histogram_bucket_limit", limit(1, 4)}
		}
		return random.Pick(g.Source,
			setting{"scrape_native_histograms", "true"}, setting{"always_scrape_classic_histograms", "true"},
			setting{"convert_classic_histograms_to_nhcb", "true"}, setting{"native_histogram_min_bucket_factor", random.Pick(g.Source, "1.05", "1.2", "2", "4", "16")})
	}
	return random.Pick(g.Source,
		setting{"honor_labels", "true"}, setting{"honor_timestamps", "false"}, setting{"track_timestamps_staleness", "true"},
		setting{"enable_compression", "false"}, setting{"follow_redirects", "false"}, setting{"extra_scrape_metrics", "true"},
		setting{"metrics_path", random.Pick(g.Source, "/m", "/a b", "/metrics?x=1", "")},
		setting{"params", random.Pick(g.Source, "\n    module: [http_2xx]", "\n    collect: [cpu, mem]", "\n    \"x[]\": [\"a b\", é]")},
		setting{"fallback_scrape_protocol", g.fallback()},
		setting{"scrape_protocols", random.Pick(g.Source, "[PrometheusProto, OpenMetricsText1.0.0, PrometheusText0.0.4]", "[PrometheusText0.0.4]", "[OpenMetricsText0.0.1, PrometheusText1.0.0]")},
		setting{"metric_name_validation_scheme", "legacy"},
		setting{"metric_name_escaping_scheme", random.Pick(g.Source, "underscores", "dots", "values", "allow-utf-8")},
		setting{"scrape_failure_log_file", random.Pick(g.Source, "a.json", "b.json")},
		setting{"basic_auth", "\n    username: u\n    password: p"},
		setting{"authorization", "\n    credentials: secret"},
		setting{"http_headers", "\n    X-Own:\n      values: [one, two]"},
	)
}

func (g *generator) fallback() string {
	if g.plain {
		return random.Pick(g.Source, "PrometheusText0.0.4", "PrometheusText1.0.0")
	}
	return random.Pick(g.Source, "PrometheusText0.0.4", "PrometheusText1.0.0", "OpenMetricsText1.0.0", "PrometheusProto")
}

var targetRules = []string{
	"- source_labels: [__address__]\n  regex: 'exp-2.*'\n  action: drop",
	"- source_labels: [__meta_role]\n  regex: drop\n  action: drop",
	"- source_labels: [__address__]\n  modulus: 3\n  target_label: shard\n  action: hashmod",
	"- source_labels: [__address__]\n  regex: '(.*):.*'\n  target_label: host",
	"- regex: __meta_(.*)\n  action: labelmap",
	"- target_label: __param_module\n  replacement: set",
	"- target_label: instance\n  replacement: ''",
	"- target_label: job\n  replacement: other",
	"- target_label: __metrics_path__\n  source_labels: [env]\n  replacement: /$1",
	"- source_labels: [env]\n  target_label: env\n  action: uppercase",
	"- regex: env\n  action: labeldrop",
	"- source_labels: [env]\n  regex: prod\n  action: keep",
	"- target_label: __scrape_interval__\n  replacement: 2s",
	"- target_label: __scrape_timeout__\n  replacement: 500ms",
	"- target_label: __scrape_native_histograms__\n  replacement: 'true'",
	"- target_label: code\n  replacement: from_target",
}

var metricRules = []string{
	"- source_labels: [le]\n  regex: '0\\.5'\n  action: drop",
	"- regex: (code|method)\n  action: labeldrop",
	"- regex: exported_(.*)\n  action: labelmap",
	"- source_labels: [__name__]\n  regex: app_(a|c).*\n  action: keep",
	"- source_labels: [__name__]\n  regex: '.*_(sum|count)'\n  action: drop",
	"- source_labels: [code]\n  regex: '(.)..'\n  target_label: code_class\n  replacement: ${1}xx",
	"- source_labels: [__name__]\n  regex: (.*)\n  target_label: __name__\n  replacement: new_$1",
	"- source_labels: [n]\n  regex: '1'\n  target_label: __name__\n  replacement: ''",
	"- source_labels: [code]\n  regex: '404'\n  target_label: __name__\n  replacement: 'with blank'",
	"- regex: n\n  action: labeldrop",
	"- source_labels: [code, n]\n  separator: ;\n  target_label: both",
	"- source_labels: [path]\n  target_label: path\n  action: lowercase",
	"- source_labels: [__name__, n]\n  modulus: 5\n  target_label: shard\n  action: hashmod",
	"- target_label: instance\n  replacement: same",
	"- source_labels: [code]\n  target_label: zone\n  action: dropequal",
	"- regex: __name__|n|instance|job|le|quantile\n  action: labelkeep",
	"- source_labels: [__type__]\n  target_label: kind",
	"- regex: __(type|unit)__\n  action: labeldrop",
}

func (g *generator) rules(all []string) string {
	var out strings.Builder
	for range g.Between(1, 3) {
		out.WriteString("\n  " + strings.ReplaceAll(all[g.Below(len(all))], "\n", "\n  "))
	}
	return out.String()
}
