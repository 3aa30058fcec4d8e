// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Shrink makes a case smaller while `differs` holds, until nothing more can go or the tries are used up.
func Shrink(c *Case, tries int, differs func(*Case) bool) *Case {
	failed := 0 // reductions in a row, of all that there are
	for i := 0; tries > 0; i++ {
		candidate := clone(c)
		if !reduce(candidate, i) {
			if failed >= i {
				break
			}
			i = -1 // again from the large ones
			continue
		}
		tries--
		failed++
		if differs(candidate) {
			c, failed = candidate, 0
			i-- // what followed has moved here
		}
	}
	return c
}

func clone(c *Case) *Case {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // a case comes from JSON
	}
	out, err := Decode(text)
	if err != nil {
		panic(err)
	}
	out.Expected = nil
	return out
}

// reduce makes the i-th reduction; false if there are not so many. Large ones come first.
func reduce(c *Case, i int) bool {
	r := &reduction{left: i}
	r.events(c)
	r.exporters(c)
	r.settings(c)
	r.configs(c)
	r.targets(c)
	r.responses(c)
	r.bodies(c)
	return r.done
}

// reduction counts possible reductions down to the one to make.
type reduction struct {
	left int
	done bool
}

// now is true for the one reduction to make.
func (r *reduction) now() bool {
	if r.done {
		return false
	}
	if r.left > 0 {
		r.left--
		return false
	}
	r.done = true
	return true
}

func (r *reduction) events(c *Case) {
	for i := range c.Events {
		if i > 0 && r.now() {
			c.Events = slices.Delete(c.Events, i, i+1)
			return
		}
	}
	last := c.Events[len(c.Events)-1].AtMS
	if half := max(c.DurationMS/2, last); half < c.DurationMS && r.now() {
		c.DurationMS = half
	}
	if c.Events[len(c.Events)-1].Observe && c.DurationMS == last && last > 1000 && r.now() {
		c.DurationMS = max(last*3/4, c.Events[max(len(c.Events)-2, 0)].AtMS)
		c.Events[len(c.Events)-1].AtMS = c.DurationMS
	}
}

func (r *reduction) exporters(c *Case) {
	for _, address := range slices.Sorted(maps.Keys(c.Exporters)) {
		if r.now() {
			delete(c.Exporters, address)
			return
		}
		responses := c.Exporters[address]
		for i := range responses {
			if len(responses) > 1 && r.now() {
				c.Exporters[address] = slices.Delete(responses, i, i+1)
				return
			}
		}
	}
}

// settings puts options back to their defaults, one at a time.
func (r *reduction) settings(c *Case) {
	o, h := c.Options, c.Head
	for _, flag := range []*bool{
		&o.AppendMetadata, &o.ParseST, &o.SynthesizeST, &o.TypeAndUnitLabels, &o.ScrapeOnShutdown, &o.DiscoveryReloadOnStartup,
		&h.STZeroSamples, &h.STStorage,
	} {
		if *flag && r.now() {
			*flag = false
		}
	}
	for _, number := range []*int64{&o.InitialScrapeOffsetMS, &o.DiscoveryReloadIntervalMS, &h.OutOfOrderWindowMS, &h.MaxExemplars} {
		if *number != 0 && r.now() {
			*number = 0
		}
	}
	for i := range c.Storage {
		if r.now() {
			c.Storage = slices.Delete(c.Storage, i, i+1)
			return
		}
	}
}

// configs takes lines out of configurations, each with the deeper ones below it.
func (r *reduction) configs(c *Case) {
	for i := range c.Events {
		if c.Events[i].Config == nil {
			continue
		}
		lines := strings.Split(strings.TrimSuffix(*c.Events[i].Config, "\n"), "\n")
		for at := range lines {
			if strings.HasPrefix(lines[at], "scrape_configs") || !r.now() {
				continue
			}
			end := at + 1
			for end < len(lines) && indent(lines[end]) > indent(lines[at]) {
				end++
			}
			text := strings.Join(slices.Delete(lines, at, end), "\n") + "\n"
			c.Events[i].Config = &text
			return
		}
	}
}

func indent(line string) int {
	return len(line) - len(strings.TrimLeft(line, " "))
}

func (r *reduction) targets(c *Case) {
	for _, e := range c.Events {
		var jobs []string
		for job := range e.Targets {
			jobs = append(jobs, job)
		}
		slices.Sort(jobs)
		for _, job := range jobs {
			groups := e.Targets[job]
			for i := range groups {
				if r.now() {
					e.Targets[job] = slices.Delete(groups, i, i+1)
					return
				}
				r.group(&groups[i])
			}
		}
	}
}

func (r *reduction) group(g *Group) {
	if len(g.Labels) > 0 && r.now() {
		g.Labels = nil
	}
	for i, t := range g.Targets {
		if r.now() {
			g.Targets = slices.Delete(g.Targets, i, i+1)
			return
		}
		if len(t) > 1 && r.now() {
			g.Targets[i] = map[string]string{"__address__": t["__address__"]}
		}
	}
}

func (r *reduction) responses(c *Case) {
	for _, responses := range c.Exporters {
		if len(c.Exporters) > 1 {
			break // the order of a map decides nothing: settings of responses go last, when one exporter is left
		}
		for i := range responses {
			p := &responses[i]
			for _, flag := range []*bool{&p.Gzip, &p.Chunked} {
				if *flag && r.now() {
					*flag = false
				}
			}
			for _, number := range []*int64{&p.DelayMS, &p.BodyDelayMS} {
				if *number != 0 && r.now() {
					*number = 0
				}
			}
			if p.Repeat > 1 && r.now() {
				p.Repeat = 0
			}
		}
	}
}

// bodies takes lines out of texts and messages out of protobuf.
func (r *reduction) bodies(c *Case) {
	for _, address := range slices.Sorted(maps.Keys(c.Exporters)) {
		for i := range c.Exporters[address] {
			p := &c.Exporters[address][i]
			body, err := p.Bytes()
			if err != nil {
				continue
			}
			pieces := split(body, strings.Contains(p.Headers["Content-Type"], "protobuf"))
			for at := range pieces {
				if r.now() {
					p.setBytes(slices.Concat(slices.Delete(pieces, at, at+1)...))
					return
				}
			}
		}
	}
}

func (r *Response) setBytes(body []byte) {
	text := string(body)
	r.Body, r.BodyB64 = "", ""
	if strings.ToValidUTF8(text, "") == text {
		r.Body = text
		return
	}
	r.BodyB64 = base64.StdEncoding.EncodeToString(body)
}

// split gives the lines of a text, or the delimited messages.
func split(body []byte, messages bool) [][]byte {
	var out [][]byte
	for len(body) > 0 {
		end := slices.Index(body, '\n') + 1
		if messages {
			length, used := binary.Uvarint(body)
			end = 0
			if used > 0 && length <= uint64(len(body)-used) {
				end = used + int(length)
			}
		}
		if end <= 0 {
			end = len(body)
		}
		out = append(out, body[:end])
		body = body[end:]
	}
	return out
}
