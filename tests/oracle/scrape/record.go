// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	config_util "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	upstream "github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/logging"
)

// HostnameVariable is read by the replaced osutil.GetFQDN of the overlay.
const HostnameVariable = "STALEMARK_ORACLE_HOSTNAME"

// Record runs a case on Prometheus's own packages under a fake clock and gives its `expected`. The fake clock belongs to
// package testing, hence the parameter.
func Record(t *testing.T, c *Case) (outcome *Outcome, err error) {
	folder, err := os.MkdirTemp("", "stalemark-oracle-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	if err := os.Setenv(HostnameVariable, c.Hostname); err != nil {
		return nil, err
	}
	synctest.Test(t, func(*testing.T) { outcome, err = run(c, folder) })
	return outcome, err
}

// runner is one run of a case.
type runner struct {
	c        *Case
	folder   string
	start    time.Time
	storage  *recorder
	network  *network
	registry *prometheus.Registry
	manager  *upstream.Manager
	groups   chan map[string][]*targetgroup.Group
	started  bool
	ended    chan struct{}
	outcome  Outcome
	static   bool // targets come from static_configs
}

func run(c *Case, folder string) (*Outcome, error) {
	start := time.UnixMilli(c.StartMS)
	if start.Before(time.Now()) {
		return nil, fmt.Errorf("start_ms lies before the fake clock's own start %d", time.Now().UnixMilli())
	}
	time.Sleep(time.Until(start))
	start = time.Now() // with a monotonic reading

	upstream.UserAgent = "Prometheus/3.14.0"
	db, err := openHead(c.Head, folder)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	r := &runner{
		c: c, folder: folder, start: start, registry: prometheus.NewRegistry(), network: newNetwork(c, start),
		storage: &recorder{head: db.Head(), start: start, faults: map[int]StorageFault{}, withMeta: c.Options.AppendMetadata, errors: map[string]bool{}},
		groups:  make(chan map[string][]*targetgroup.Group), ended: make(chan struct{}), static: true,
	}
	r.outcome = Outcome{Configs: []ConfigResult{}, Requests: []Request{}, Commits: []Commit{}, Snapshots: []Snapshot{}, Series: []Series{}}
	for _, f := range c.Storage {
		r.storage.faults[f.Commit] = f
	}
	for _, e := range c.Events {
		r.static = r.static && e.Targets == nil
	}
	if err := r.newManager(); err != nil {
		return nil, err
	}
	err = r.play(db)
	r.end()
	return &r.outcome, err
}

// play lets the events happen and takes down the outcome.
func (r *runner) play(db *tsdb.DB) error {
	for _, e := range r.c.Events {
		r.waitUntil(e.AtMS)
		if err := r.apply(e); err != nil {
			return err
		}
	}
	r.waitUntil(r.c.DurationMS)
	before, err := ownMetrics(r.registry)
	if err != nil {
		return err
	}
	r.outcome.Metrics = before
	if r.c.Stop {
		if err := r.stop(before); err != nil {
			return err
		}
	}
	if err := r.content(db); err != nil {
		return err
	}
	if err := r.failureLogs(); err != nil {
		return err
	}
	r.number()
	return nil
}

// end waits for all goroutines: the fake clock stands still as soon as the bubble's first one is gone.
func (r *runner) end() {
	if r.outcome.StoppedNS == nil {
		r.manager.Stop()
	}
	if r.started {
		<-r.ended
	}
	r.network.end()
}

// waitUntil lets everything happen that is due until then.
func (r *runner) waitUntil(ms int64) {
	time.Sleep(time.Until(r.start.Add(milliseconds(ms))))
	synctest.Wait()
}

func openHead(h *Head, folder string) (*tsdb.DB, error) {
	o := tsdb.DefaultOptions()
	o.WALSegmentSize = -1 // none
	o.StripeSize = 64     // small cases; the number has no effect on content
	o.OutOfOrderTimeWindow = h.OutOfOrderWindowMS
	o.EnableExemplarStorage = h.MaxExemplars > 0
	o.MaxExemplars = h.MaxExemplars
	o.EnableSTAsZeroSample = h.STZeroSamples
	if h.STStorage {
		o.EnableSTStorage = true
		o.FloatChunkEncoding = chunkenc.EncXOR2 // the only one that holds start times
	}
	db, err := tsdb.Open(filepath.Join(folder, "data"), promslog.NewNopLogger(), nil, o, nil)
	if err != nil {
		return nil, err
	}
	db.DisableCompactions()
	return db, nil
}

func (r *runner) newManager() error {
	o := r.c.Options
	options := &upstream.Options{
		PassMetadataInContext:    true, // tells the storage whose transaction it is, and changes nothing else
		AppendMetadata:           o.AppendMetadata,
		DiscoveryReloadInterval:  model.Duration(milliseconds(o.DiscoveryReloadIntervalMS)),
		ParseST:                  o.ParseST,
		SynthesizeST:             o.SynthesizeST,
		EnableTypeAndUnitLabels:  o.TypeAndUnitLabels,
		ScrapeOnShutdown:         o.ScrapeOnShutdown,
		DiscoveryReloadOnStartup: o.DiscoveryReloadOnStartup,
		InitialScrapeOffset:      milliseconds(o.InitialScrapeOffsetMS),
		HTTPClientOptions:        []config_util.HTTPClientOption{config_util.WithDialContextFunc(r.network.dial)},
	}
	manager, err := upstream.NewManager(options, promslog.NewNopLogger(), logging.NewJSONFileLogger, nil, r.storage, r.registry)
	r.manager = manager
	return err
}

func (r *runner) apply(e Event) error {
	switch {
	case e.Config != nil:
		r.applyConfig(*e.Config)
	case e.Targets != nil:
		r.groups <- groupsOf(e.Targets)
	case e.DisableEndOfRun != nil:
		r.manager.DisableEndOfRunStalenessMarkers(e.DisableEndOfRun.Pool, r.targetsOf(e.DisableEndOfRun))
	case e.Observe:
		r.observe()
	default:
		return fmt.Errorf("%s: an event at %d ms does nothing", r.c.Name, e.AtMS)
	}
	return nil
}

func (r *runner) applyConfig(text string) {
	result := ConfigResult{AtNS: int64(time.Since(r.start))}
	loaded, err := config.Load(text, promslog.NewNopLogger())
	if err == nil {
		loaded.SetDirectory(r.folder)
		err = r.manager.ApplyConfig(loaded)
	}
	if err != nil {
		result.Error = err.Error()
	}
	result.DoneNS = int64(time.Since(r.start))
	r.outcome.Configs = append(r.outcome.Configs, result)
	if !r.started {
		r.started = true
		go func() {
			_ = r.manager.Run(r.groups)
			close(r.ended)
		}()
	}
	if r.static && loaded != nil {
		r.groups <- staticGroups(loaded)
	}
}

func groupsOf(jobs map[string][]Group) map[string][]*targetgroup.Group {
	out := map[string][]*targetgroup.Group{}
	for job, groups := range jobs {
		out[job] = []*targetgroup.Group{}
		for _, g := range groups {
			group := &targetgroup.Group{Source: g.Source, Labels: labelSet(g.Labels)}
			for _, t := range g.Targets {
				group.Targets = append(group.Targets, labelSet(t))
			}
			out[job] = append(out[job], group)
		}
	}
	return out
}

func labelSet(in map[string]string) model.LabelSet {
	out := model.LabelSet{}
	for name, v := range in {
		out[model.LabelName(name)] = model.LabelValue(v)
	}
	return out
}

// staticGroups are the targets of static_configs, as discovery sends them.
func staticGroups(c *config.Config) map[string][]*targetgroup.Group {
	out := map[string][]*targetgroup.Group{}
	jobs, err := c.GetScrapeConfigs()
	if err != nil {
		return out
	}
	for _, job := range jobs {
		out[job.JobName] = []*targetgroup.Group{}
		for _, d := range job.ServiceDiscoveryConfigs {
			if groups, ok := d.(discovery.StaticConfig); ok {
				out[job.JobName] = append(out[job.JobName], groups...)
			}
		}
	}
	return out
}

func (r *runner) targetsOf(d *Disable) []*upstream.Target {
	var out []*upstream.Target
	for _, t := range r.manager.TargetsActive()[d.Pool] {
		instance := t.Labels(labels.NewBuilder(labels.EmptyLabels())).Get("instance")
		for _, wanted := range d.Instances {
			if instance == wanted {
				out = append(out, t)
			}
		}
	}
	return out
}

func (r *runner) stop(before map[string]any) error {
	r.manager.Stop()
	stopped := int64(time.Since(r.start))
	r.outcome.StoppedNS = &stopped
	synctest.Wait()
	after, err := ownMetrics(r.registry)
	if err != nil {
		return err
	}
	changed := changes(before, after)
	r.outcome.MetricsAfterStop = &changed
	return nil
}

// failureLogs reads the log files that the scrape manager wrote.
func (r *runner) failureLogs() error {
	entries, err := os.ReadDir(r.folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(r.folder, entry.Name()))
		if err != nil {
			return err
		}
		var lines []LogLine
		for _, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
			if len(line) == 0 {
				continue
			}
			parsed, err := r.logLine(line)
			if err != nil {
				return err
			}
			lines = append(lines, parsed)
		}
		if lines == nil {
			continue
		}
		if r.outcome.FailureLogs == nil {
			r.outcome.FailureLogs = map[string][]LogLine{}
		}
		r.outcome.FailureLogs[entry.Name()] = lines
	}
	return nil
}

func (r *runner) logLine(text []byte) (LogLine, error) {
	var line struct {
		Time    time.Time `json:"time"`
		Level   string    `json:"level"`
		Msg     string    `json:"msg"`
		JobName string    `json:"job_name"`
		Target  string    `json:"target"`
	}
	if err := json.Unmarshal(text, &line); err != nil {
		return LogLine{}, err
	}
	return LogLine{int64(line.Time.Sub(r.start)), line.Level, line.Msg, line.JobName, line.Target}, nil
}

// RecordAgreeing records a case several times. It fails when the runs differ.
func RecordAgreeing(t *testing.T, c *Case, runs int) (*Outcome, error) {
	first, err := Record(t, c)
	if err != nil {
		return nil, err
	}
	want, err := Encode(first)
	if err != nil {
		return nil, err
	}
	for range runs - 1 {
		again, err := Record(t, c)
		if err != nil {
			return nil, err
		}
		got, err := Encode(again)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(want, got) {
			return nil, fmt.Errorf("%w: %s", ErrChance, Difference(want, got))
		}
	}
	return first, nil
}

// ErrChance says that two runs of one case differ, so that nothing can be expected.
var ErrChance = errors.New("left to chance")

// Complete records a case several times and fills in `expected` and `needs`.
func Complete(t *testing.T, c *Case, runs int) error {
	outcome, err := RecordAgreeing(t, c, runs)
	if err != nil {
		return err
	}
	if c.Needs, err = Needs(c, outcome); err != nil {
		return err
	}
	c.Expected, err = Encode(outcome)
	return err
}
