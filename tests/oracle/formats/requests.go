// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"

	"github.com/prometheus/prometheus/config"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/storage/remote"
	"github.com/prometheus/prometheus/tsdb/wlog"
	"github.com/prometheus/prometheus/util/compression"
)

// Requests are what a remote-write queue sends of the records of a log.
var Requests = &Format{Path: "remote/requests.jsonl", Files: []string{"remote/requests.jsonl"}, Record: recordRequests, Generate: generateRequests, Runs: 2}

type requestsCase struct {
	Global            string            `json:"global"`
	RemoteWrite       string            `json:"remote_write"`
	TypeAndUnitLabels bool              `json:"type_and_unit_labels"`
	Records           []requestsRecord  `json:"records"`
	Responses         []requestResponse `json:"responses"`
	Unordered         bool              `json:"unordered"`
}

type requestsRecord struct {
	Kind    string     `json:"kind"`
	Entries []walEntry `json:"entries"`
}

type requestResponse struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

func recordRequests(line []byte, _ string) ([]byte, error) {
	var c requestsCase
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	receiver := &receiver{responses: c.Responses}
	server := httptest.NewServer(receiver)
	defer server.Close()
	cfg, err := config.Load(c.config(server.URL), promslog.NewNopLogger())
	if err != nil {
		return nil, err
	}
	folder, err := emptyLog()
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	remote.UserAgent = "Prometheus/3.14.0" // a build sets it
	logs := &errorLines{}
	registry := keepingRegistry{prometheus.NewRegistry()}
	storage := remote.NewWriteStorage(slog.New(logs), registry, folder, time.Minute, nil, c.TypeAndUnitLabels)
	if err := storage.ApplyConfig(cfg); err != nil {
		return nil, err
	}
	queue := queueOf(storage)
	for i := range c.Records {
		if err := feed(queue, cfg.RemoteWriteConfigs[0], &c.Records[i]); err != nil {
			return nil, err
		}
	}
	if err := storage.Close(); err != nil {
		return nil, err
	}
	metrics, err := remoteCounters(registry.Registry)
	if err != nil {
		return nil, err
	}
	expected := map[string]any{"requests": receiver.sent(c.Unordered), "metrics": metrics}
	if len(logs.lines) > 0 {
		expected["logs"] = logs.lines
	}
	return withResults(line, map[string]any{"expected": expected})
}

// config is the configuration of a case.
func (c *requestsCase) config(url string) string {
	out := ""
	if c.Global != "" {
		out = "global:\n" + indented(strings.TrimSuffix(c.Global, "\n")+"\n")
	}
	return out + "remote_write:\n- url: " + url + "/api/v1/write\n" + indented(c.RemoteWrite)
}

// emptyLog makes a folder for the watcher, which has nothing to read: a case feeds the queue in its place.
func emptyLog() (string, error) {
	folder, err := os.MkdirTemp("", "stalemark-oracle-")
	if err != nil {
		return "", err
	}
	log, err := wlog.NewSize(nil, nil, filepath.Join(folder, "wal"), pageBytes, compression.None)
	if err != nil {
		return folder, err
	}
	return folder, log.Close()
}

// queueOf gives the only queue of a storage, which has no method for it.
func queueOf(storage *remote.WriteStorage) *remote.QueueManager {
	field := reflect.ValueOf(storage).Elem().FieldByName("queues")
	for _, queue := range *(*map[string]*remote.QueueManager)(unsafe.Pointer(field.UnsafeAddr())) {
		return queue
	}
	return nil
}

// feed gives the queue what the watcher of the log would, of one record.
func feed(queue *remote.QueueManager, cfg *config.RemoteWriteConfig, r *requestsRecord) error {
	switch r.Kind {
	case "series":
		queue.StoreSeries(refSeries(r.Entries), 0)
	case "metadata":
		queue.StoreMetadata(refMetadata(r.Entries))
	case "samples":
		queue.Append(refSamples(r.Entries))
	case "exemplars":
		if cfg.SendExemplars {
			queue.AppendExemplars(refExemplars(r.Entries))
		}
	case "histograms":
		histograms, err := refHistograms(r.Entries)
		if err == nil && cfg.SendNativeHistograms {
			queue.AppendHistograms(histograms)
		}
		return err
	case "float_histograms":
		histograms, err := refFloatHistograms(r.Entries)
		if err == nil && cfg.SendNativeHistograms {
			queue.AppendFloatHistograms(histograms)
		}
		return err
	case "target_metadata":
		var list []scrape.MetricMetadata
		for _, e := range r.Entries {
			list = append(list, scrape.MetricMetadata{MetricFamily: e.Family, Type: model.MetricType(e.Type), Help: e.Help, Unit: e.Unit})
		}
		queue.AppendWatcherMetadata(context.Background(), list)
	default:
		return fmt.Errorf("unknown kind of record %q", r.Kind)
	}
	return nil
}

// receiver answers with the responses of a case, then with success.
type receiver struct {
	mu        sync.Mutex
	responses []requestResponse
	requests  []sentRequest
}

type sentRequest struct {
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body_hex"`
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err == nil {
		body, err = compression.Decode(compression.Snappy, body, compression.NewSyncDecodeBuffer())
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusTeapot)
		return
	}
	sent := sentRequest{Headers: map[string]string{}, Body: hex.EncodeToString(body)}
	for name, values := range request.Header {
		if name != "Content-Length" {
			sent.Headers[name] = strings.Join(values, ",")
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.requests)
	r.requests = append(r.requests, sent)
	if n < len(r.responses) {
		response := r.responses[n]
		for name, value := range response.Headers {
			w.Header().Set(name, value)
		}
		w.WriteHeader(response.Status)
		_, _ = io.WriteString(w, response.Body)
		return
	}
	if strings.Contains(request.Header.Get("Content-Type"), "v2") {
		tellWritten(w.Header(), body)
	}
	w.WriteHeader(http.StatusOK)
}

// tellWritten says that all of a request of version 2 was written.
func tellWritten(header http.Header, body []byte) {
	var message writev2.Request
	if err := message.Unmarshal(body); err != nil {
		return
	}
	samples, histograms, exemplars := 0, 0, 0
	for _, series := range message.Timeseries {
		samples += len(series.Samples)
		histograms += len(series.Histograms)
		exemplars += len(series.Exemplars)
	}
	header.Set("X-Prometheus-Remote-Write-Samples-Written", fmt.Sprint(samples))
	header.Set("X-Prometheus-Remote-Write-Histograms-Written", fmt.Sprint(histograms))
	header.Set("X-Prometheus-Remote-Write-Exemplars-Written", fmt.Sprint(exemplars))
}

func (r *receiver) sent(unordered bool) []sentRequest {
	out := append([]sentRequest{}, r.requests...)
	if unordered {
		slices.SortStableFunc(out, func(a, b sentRequest) int { return strings.Compare(a.Body, b.Body) })
	}
	return out
}

// keepingRegistry keeps the metrics of queues that have ended.
type keepingRegistry struct{ *prometheus.Registry }

func (keepingRegistry) Unregister(prometheus.Collector) bool { return true }

// remoteCounters are the counters of a queue that are not 0, without bytes and what depends on time.
func remoteCounters(registry *prometheus.Registry) (map[string]int64, error) {
	shown := func(name string) bool {
		return strings.HasPrefix(name, "prometheus_remote_storage_") && strings.HasSuffix(name, "_total") && !strings.Contains(name, "bytes") &&
			!strings.Contains(name, "enqueue_retries") && !strings.HasSuffix(name, "_in_total")
	}
	return integerMetrics(registry, shown, func(label string) bool { return label == "reason" })
}

// errorLines keeps the errors about refused requests: message and attributes.
type errorLines struct {
	mu    sync.Mutex
	lines []string
}

func (e *errorLines) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelError
}
func (e *errorLines) WithAttrs([]slog.Attr) slog.Handler { return e }
func (e *errorLines) WithGroup(string) slog.Handler      { return e }
func (e *errorLines) Handle(_ context.Context, r slog.Record) error {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool {
		text += fmt.Sprintf(" %s=%v", a.Key, a.Value)
		return true
	})
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lines = append(e.lines, text)
	return nil
}
