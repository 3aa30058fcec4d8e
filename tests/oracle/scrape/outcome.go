// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"github.com/prometheus/prometheus/model/labels"
)

// Outcome is `expected` of a case, with its keys in the documented order.
type Outcome struct {
	LabelSets        []map[string]string  `json:"label_sets"`
	HeaderSets       []map[string]string  `json:"header_sets"`
	Configs          []ConfigResult       `json:"configs"`
	Requests         []Request            `json:"requests"`
	Commits          []Commit             `json:"commits"`
	Snapshots        []Snapshot           `json:"snapshots"`
	Series           []Series             `json:"series"`
	Exemplars        []SeriesExemplars    `json:"exemplars,omitempty"`
	FailureLogs      map[string][]LogLine `json:"failure_logs,omitempty"`
	Metrics          map[string]any       `json:"metrics"`
	MetricsAfterStop *map[string]any      `json:"metrics_after_stop,omitempty"`
	StoppedNS        *int64               `json:"stopped_ns,omitempty"`
}

// ConfigResult says how a config event ended.
type ConfigResult struct {
	AtNS   int64  `json:"at_ns"`
	DoneNS int64  `json:"done_ns"`
	Error  string `json:"error,omitempty"`
}

// Request is one that an exporter read, or a failed attempt to connect.
type Request struct {
	AtNS     int64  `json:"at_ns"`
	Exporter string `json:"exporter"`
	Method   string `json:"method,omitempty"`
	URL      string `json:"url,omitempty"`
	Headers  *int   `json:"headers,omitempty"`
	Fault    string `json:"fault,omitempty"`

	headers map[string]string
}

// Commit is one transaction of the storage.
type Commit struct {
	AtNS     int64  `json:"at_ns"`
	Job      string `json:"job"`
	Instance string `json:"instance"`
	Outcome  string `json:"outcome"`
	Error    string `json:"error,omitempty"`
	Appends  []any  `json:"appends"`

	appends []appended
	order   int
}

// Snapshot is the state of all targets at one time.
type Snapshot struct {
	AtNS          int64          `json:"at_ns"`
	Active        []TargetState  `json:"active"`
	Dropped       []DroppedState `json:"dropped"`
	DroppedCounts map[string]int `json:"dropped_counts"`
}

// TargetState is one active target.
type TargetState struct {
	Pool           string            `json:"pool"`
	Labels         map[string]string `json:"labels"`
	Discovered     map[string]string `json:"discovered"`
	URL            string            `json:"url"`
	Health         string            `json:"health"`
	LastError      string            `json:"last_error"`
	LastErrorKind  string            `json:"last_error_kind"`
	LastScrapeNS   *int64            `json:"last_scrape_ns,omitempty"`
	LastDurationNS *int64            `json:"last_duration_ns,omitempty"`

	sorted, discovered labels.Labels
}

// DroppedState is one target that relabelling dropped.
type DroppedState struct {
	Pool       string            `json:"pool"`
	Discovered map[string]string `json:"discovered"`

	sorted labels.Labels
}

// Series is the content of the head for one label set.
type Series struct {
	L       int   `json:"l"`
	Samples []any `json:"samples"`

	labels labels.Labels
}

// SeriesExemplars is the content of the exemplar storage for one label set.
type SeriesExemplars struct {
	L         int        `json:"l"`
	Exemplars []Exemplar `json:"exemplars"`

	labels labels.Labels
}

// Exemplar is one exemplar, passed or stored.
type Exemplar struct {
	Labels map[string]string `json:"labels"`
	V      string            `json:"v"`
	T      int64             `json:"t"`
}

// LogLine is one line of a scrape failure log.
type LogLine struct {
	AtNS    int64  `json:"at_ns"`
	Level   string `json:"level"`
	Msg     string `json:"msg"`
	JobName string `json:"job_name"`
	Target  string `json:"target"`
}

// labelNumbers numbers label sets in order of first use.
type labelNumbers struct {
	sets   []map[string]string
	number map[string]int
}

func (n *labelNumbers) of(l labels.Labels) int {
	set := labelMap(l)
	key := labels.FromMap(set).String()
	if i, ok := n.number[key]; ok {
		return i
	}
	n.number[key] = len(n.sets)
	n.sets = append(n.sets, set)
	return len(n.sets) - 1
}

// labelMap gives the set as an object; of a repeated name the last one stays.
func labelMap(l labels.Labels) map[string]string {
	set := map[string]string{}
	l.Range(func(l labels.Label) { set[l.Name] = l.Value })
	return set
}
