// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// network holds the exporters of a case behind in-memory connections. Every connection serves one request.
type network struct {
	start time.Time
	ended chan struct{} // closed after the run: the client leaves dials alone that outlive their request

	servers   sync.WaitGroup
	mu        sync.Mutex
	exporters map[string]*exporter
	requests  []Request
}

type exporter struct {
	responses []Response
	position  int // in responses
	used      int // how often the response there was sent
}

func newNetwork(c *Case, start time.Time) *network {
	n := &network{start: start, ended: make(chan struct{}), exporters: map[string]*exporter{}}
	for address, responses := range c.Exporters {
		n.exporters[address] = &exporter{responses: responses}
	}
	return n
}

// end waits for the exporters' side of all connections.
func (n *network) end() {
	close(n.ended)
	n.servers.Wait()
}

// take gives the response of the next request; the last one repeats for ever.
func (e *exporter) take() Response {
	r := e.responses[e.position]
	e.used++
	if e.used >= max(r.Repeat, 1) && e.position+1 < len(e.responses) {
		e.position++
		e.used = 0
	}
	return r
}

// dial is the client's DialContext.
func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	e := n.exporters[address]
	var r Response
	fault := "unknown_exporter"
	if e != nil && len(e.responses) > 0 {
		r = e.take()
		fault = r.Fault
	}
	failing := fault == "unknown_exporter" || fault == "refuse" || fault == "dial_timeout"
	if failing {
		n.requests = append(n.requests, Request{AtNS: int64(time.Since(n.start)), Exporter: address, Fault: fault})
	}
	n.mu.Unlock()
	if !failing {
		client, server := net.Pipe()
		n.servers.Go(func() { n.serve(server, address, r) })
		return client, nil
	}
	delay := milliseconds(r.DelayMS)
	if fault == "dial_timeout" {
		delay = forever
	}
	if delay > 0 {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-n.ended:
			return nil, net.ErrClosed
		case <-time.After(delay):
		}
	}
	refused := os.NewSyscallError("connect", syscall.ECONNREFUSED)
	return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: hostPort(address), Err: refused}
}

const forever = 1000 * time.Hour

// hostPort is an address that prints as the case spells it.
type hostPort string

func (hostPort) Network() string  { return "tcp" }
func (a hostPort) String() string { return string(a) }

func milliseconds(n int64) time.Duration {
	return time.Duration(n) * time.Millisecond
}

// serve reads one request and answers it.
func (n *network) serve(conn net.Conn, address string, r Response) {
	defer conn.Close()
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	n.note(request, address)
	switch r.Fault {
	case "reset_before_head":
		return
	case "hang":
		waitForClose(conn)
		return
	}
	time.Sleep(milliseconds(r.DelayMS))
	head, body, err := render(&r, request)
	if err != nil {
		return
	}
	if r.BodyDelayMS > 0 {
		if _, err := conn.Write(head); err != nil {
			return
		}
		time.Sleep(milliseconds(r.BodyDelayMS))
		head = nil
	}
	if _, err := conn.Write(append(head, body...)); err != nil {
		return
	}
	if r.Fault == "hang_body" {
		waitForClose(conn)
	}
}

func (n *network) note(request *http.Request, address string) {
	headers := map[string]string{}
	for name, values := range request.Header {
		headers[name] = strings.Join(values, ", ")
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.requests = append(n.requests, Request{
		AtNS: int64(time.Since(n.start)), Exporter: address, Method: request.Method,
		URL: "http://" + request.Host + request.RequestURI, headers: headers,
	})
}

func waitForClose(conn net.Conn) {
	_, _ = conn.Read(make([]byte, 1))
}

// render gives the head and the body as sent: compressed, cut and in chunks where the response says so.
func render(r *Response, request *http.Request) (head, body []byte, err error) {
	if body, err = r.Bytes(); err != nil {
		return nil, nil, err
	}
	headers := map[string]string{"Connection": "close"}
	for name, v := range r.Headers {
		headers[name] = v
	}
	if r.Gzip && strings.Contains(request.Header.Get("Accept-Encoding"), "gzip") {
		headers["Content-Encoding"] = "gzip"
		if body, err = compress(body); err != nil {
			return nil, nil, err
		}
	}
	cut := r.Fault == "truncate" || r.Fault == "hang_body"
	declared := len(body)
	if cut {
		body = body[:min(r.After, len(body))]
	}
	switch {
	case r.Chunked:
		headers["Transfer-Encoding"] = "chunked"
		body = inChunks(body, cut)
	case !bodyless(r.Status):
		headers["Content-Length"] = fmt.Sprint(declared)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %d %s\r\n", r.Status, Reason(r.Status))
	names := make([]string, 0, len(headers))
	for name := range headers {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&out, "%s: %s\r\n", name, headers[name])
	}
	out.WriteString("\r\n")
	return out.Bytes(), body, nil
}

// Reason is the text behind a status, as Go's own server sends it.
func Reason(status int) string {
	if text := http.StatusText(status); text != "" {
		return text
	}
	return fmt.Sprintf("status code %d", status)
}

func bodyless(status int) bool {
	return status == http.StatusNoContent || status == http.StatusNotModified || status < 200
}

func compress(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// inChunks gives one chunk and, unless the body is cut, the last one.
func inChunks(body []byte, cut bool) []byte {
	var out bytes.Buffer
	if len(body) > 0 {
		fmt.Fprintf(&out, "%x\r\n%s\r\n", len(body), body)
	}
	if !cut {
		out.WriteString("0\r\n\r\n")
	}
	return out.Bytes()
}
