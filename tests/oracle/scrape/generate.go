// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"fmt"
	"slices"
	"strings"

	"stalemark.test/oracle/random"
)

// generator makes one random case. What is drawn depends on the seed alone.
type generator struct {
	*random.Source
	c       *Case
	jobs    []*job
	global  []setting
	address []string // exporters
	style   string   // format of most bodies: text, om, pb or mixed
	plain   bool     // text format and no options: what a failure means is seen sooner
	wild    bool     // exporters break the rules often
	static  bool     // targets stand in the configuration
	nextJob int
}

// Generate gives the case of a seed, without `expected` and `needs`.
func Generate(seed uint64) *Case {
	g := &generator{Source: random.New(seed, "scrape")}
	g.c = &Case{
		Format: Format, Name: fmt.Sprintf("seed-%06d", seed), Covers: []string{}, Needs: []string{},
		Hostname:   random.Pick(g.Source, "prom-0", "prom-0", "prom-1.example.com", "über", "a"),
		StartMS:    1_700_000_000_000 + int64(g.Below(200_000_000))*1000 + int64(g.Below(1000)),
		DurationMS: int64(g.Between(6_000, 60_000)),
		Stop:       g.Percent(90), Options: &Options{}, Head: &Head{}, Exporters: map[string][]Response{},
	}
	g.plain = g.Percent(40)
	g.style = "text"
	if !g.plain {
		g.style = random.Pick(g.Source, "text", "om", "om", "pb", "pb", "mixed")
		g.features()
	}
	g.timing()
	g.wild = g.Percent(30)
	for i := range g.Between(1, 5) {
		g.address = append(g.address, fmt.Sprintf("exp-%d:%d", i+1, 9101+i))
	}
	g.firstConfig()
	for _, address := range g.address {
		if g.Percent(97) {
			g.c.Exporters[address] = g.exporter()
		}
	}
	g.events()
	if g.Percent(12) {
		g.storageFaults()
	}
	return g.c
}

// features turns on options that change what is stored.
func (g *generator) features() {
	o, h := g.c.Options, g.c.Head
	o.AppendMetadata, o.ParseST, o.SynthesizeST, o.TypeAndUnitLabels = g.Percent(14), g.Percent(25), g.Percent(14), g.Percent(14)
	if g.Percent(30) {
		h.MaxExemplars = random.Pick(g.Source, int64(1), 5, 100)
	}
	h.STZeroSamples = g.Percent(8)
}

// timing turns on options that change when things happen, and the out-of-order window.
func (g *generator) timing() {
	o := g.c.Options
	o.ScrapeOnShutdown, o.DiscoveryReloadOnStartup = g.Percent(10), g.Percent(15)
	o.InitialScrapeOffsetMS = random.Pick(g.Source, 0, 0, 0, 0, 0, 0, 0, int64(g.Between(1, 7000)))
	o.DiscoveryReloadIntervalMS = random.Pick(g.Source, 0, 0, 0, int64(g.Between(500, 9000)), 1000)
	if g.Percent(15) {
		g.c.Head.OutOfOrderWindowMS = random.Pick(g.Source, int64(1000), 30_000, 600_000)
	}
}

func (g *generator) storageFaults() {
	for range g.Between(1, 3) {
		f := StorageFault{Commit: g.Below(15)}
		if g.Percent(60) {
			f.Error = random.Pick(g.Source, "disk full", "read-only file system")
		}
		if f.Error == "" || g.Percent(40) {
			f.DelayMS = int64(g.Between(50, 12_000))
		}
		known := slices.ContainsFunc(g.c.Storage, func(o StorageFault) bool { return o.Commit == f.Commit })
		if !known {
			g.c.Storage = append(g.c.Storage, f)
		}
	}
	slices.SortFunc(g.c.Storage, func(a, b StorageFault) int { return a.Commit - b.Commit })
}

// events draws the first config and targets, changes of both, and looks at the targets.
func (g *generator) events() {
	config := g.configText()
	g.add(Event{Config: &config})
	first := random.Pick(g.Source, 0, 0, 0, int64(g.Between(0, 3000)))
	current := g.targets()
	if g.static = g.Percent(8); g.static {
		g.c.Events = nil
		first = 0
	}
	g.setTargets(first, current)
	at := first
	for range g.Below(5) {
		at += int64(g.Between(100, int(g.c.DurationMS)/3))
		if at >= g.c.DurationMS {
			break
		}
		switch g.Below(8) {
		case 0, 1, 2:
			g.changeConfig()
			config := g.configText()
			g.add(Event{AtMS: at, Config: &config})
		case 3, 4:
			current = g.targets()
			g.setTargets(at, current)
		case 5:
			g.disable(at, current)
		default:
			g.add(Event{AtMS: at, Observe: true})
		}
	}
	g.add(Event{AtMS: g.c.DurationMS, Observe: true})
}

// setTargets gives the jobs their targets, by discovery or in the configuration.
func (g *generator) setTargets(at int64, groups map[string][]Group) {
	if !g.static {
		g.add(Event{AtMS: at, Targets: groups})
		return
	}
	for _, j := range g.jobs {
		j.settings = withSetting(j.settings, setting{"static_configs", staticConfigs(groups[j.name])})
	}
	config := g.configText()
	g.add(Event{AtMS: at, Config: &config})
}

func (g *generator) add(e Event) {
	g.c.Events = append(g.c.Events, e)
}

func (g *generator) disable(at int64, current map[string][]Group) {
	d := &Disable{Pool: g.jobs[g.Below(len(g.jobs))].name}
	for _, group := range current[d.Pool] {
		for _, t := range group.Targets {
			if g.Percent(70) {
				d.Instances = append(d.Instances, t["__address__"])
			}
		}
	}
	if len(d.Instances) > 0 {
		g.add(Event{AtMS: at, DisableEndOfRun: d})
	}
}

// targets spreads the exporters over the jobs. Each address goes to one job: two targets that ask one exporter at the
// same time would leave it to chance who gets which response.
func (g *generator) targets() map[string][]Group {
	out := map[string][]Group{}
	for _, j := range g.jobs {
		if g.Percent(95) {
			out[j.name] = []Group{}
		}
	}
	for i, address := range g.address {
		j := g.jobs[i%len(g.jobs)].name
		if g.Percent(10) {
			j = g.jobs[g.Below(len(g.jobs))].name
		}
		groups, known := out[j]
		if !known || g.Percent(10) {
			continue
		}
		if len(groups) == 0 || g.Percent(25) {
			groups = append(groups, Group{Source: fmt.Sprint(len(groups)), Labels: g.groupLabels()})
		}
		last := &groups[len(groups)-1]
		last.Targets = append(last.Targets, g.target(address))
		if g.Percent(4) {
			last.Targets = append(last.Targets, last.Targets[len(last.Targets)-1]) // a duplicate
		}
		out[j] = groups
	}
	if g.Percent(4) {
		out["nobody"] = []Group{{Source: "0", Targets: []map[string]string{{"__address__": "exp-9:9109"}}}}
	}
	return out
}

func (g *generator) groupLabels() map[string]string {
	if g.Percent(65) {
		return nil
	}
	return map[string]string{random.Pick(g.Source, "group", "env", "zone", "__meta_zone", "job", "__param_module"): random.Pick(g.Source, "late", "prod", "eu-1", "")}
}

func (g *generator) target(address string) map[string]string {
	t := map[string]string{"__address__": address}
	for range g.Below(3) {
		pair := random.Pick(g.Source,
			[2]string{"env", "prod"}, [2]string{"env", ""}, [2]string{"zone", "eu-1"}, [2]string{"__meta_zone", "ap"},
			[2]string{"__meta_role", "drop"}, [2]string{"__metrics_path__", "/own"}, [2]string{"__param_module", "own"},
			[2]string{"instance", "named-" + strings.SplitN(address, ":", 2)[0]}, [2]string{"__tmp_x", "1"},
			[2]string{"__scrape_native_histograms__", "true"}, [2]string{"__convert_classic_histograms_to_nhcb__", "true"},
			[2]string{"__always_scrape_classic_histograms__", "true"}, [2]string{"code", "target"}, [2]string{"le", "target"},
		)
		t[pair[0]] = pair[1]
	}
	if g.plain {
		delete(t, "__convert_classic_histograms_to_nhcb__")
	}
	if g.Percent(6) {
		interval := random.Pick(g.Source, "1s", "2500ms", "3s")
		t["__scrape_interval__"], t["__scrape_timeout__"] = interval, random.Pick(g.Source, "700ms", "1s")
	}
	if g.Percent(2) {
		t["__address__"] = random.Pick(g.Source, "", "a/b", "exp 1:9101", strings.SplitN(address, ":", 2)[0])
	}
	return t
}
