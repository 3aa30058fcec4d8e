#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`stalemark live` beside the real Prometheus, on the same exporters, in real time; ends with `N passed, N failed`.

    tests/live/e2e/live_test.py PROGRAM [--table]

With --table it ends with what was compared as a table, which docs/comparison.md shows.

Both servers scrape a real node_exporter, which is killed and started again, and a scripted exporter each, whose answers depend on
the ordinal of the request only: the values that the two servers store must be equal, request by request. A third server,
`stalemark live` with I/O threads, must store and fail the same. Configurations are reloaded, a broken one too. The peers are Prometheus 3.14, if peer.sh has built it, and Debian's 2.42; LIVE_SECONDS (25) is how
long the servers scrape beside each other.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
from answers import GOOD, HOSTILE, ordinal_page
from servers import HostileExporter, NodeExporter, OrdinalExporter, Process, Server, fetch, free_port, prometheus_programs, wait_for
from stored import as_2_42, by_request, differences, key, queried_instants, queried_samples, stored_instants, stored_samples

SECONDS = float(os.environ.get("LIVE_SECONDS", "25"))
PROGRAM = None
REPORT = ("up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added")
# Fields of a target that both servers show and that do not hang on the moment.
TARGET_FIELDS = ("discoveredLabels", "labels", "scrapePool", "scrapeUrl", "lastError", "health", "scrapeInterval", "scrapeTimeout")

# How many threads the servers of ours have beside the deciding one.
IO_THREADS = {"stalemark": 0, "threads": 2}

CONFIG = """
global:
  scrape_interval: 1s
  scrape_timeout: 800ms
  external_labels: {{replica: a}}
scrape_configs:
- job_name: node
  static_configs: [{{targets: ['127.0.0.1:{node}']}}]
- job_name: ordinal
  file_sd_configs: [{{files: ['{folder}/targets-*.json']}}]
  metric_relabel_configs:
  - {{source_labels: [__name__], regex: ord_dropped, action: drop}}
- job_name: hostile
  body_size_limit: 1MB
  static_configs: [{{targets: ['127.0.0.1:{hostile}'], labels: {{instance: hostile}}}}]
{failure_log}
- job_name: dropped
  static_configs: [{{targets: ['127.0.0.1:{node}']}}]
  relabel_configs: [{{action: drop}}]
{more}"""


def check(test, *arguments, **settings):
    """`stalemark check` of an exporter: the exit code, and the report."""
    done = subprocess.run([PROGRAM, "check", *map(str, arguments), "--format", "json"], capture_output=True, text=True, timeout=60, **settings)
    test.assertEqual(done.stderr, "")
    return done.returncode, json.loads(done.stdout)


# What was compared with whom: name -> version of the peer -> how many were equal, how many differed.
COMPARED = {}


class Pair(unittest.TestCase):
    """One run of all servers that all cases look at; a subclass for each peer."""
    peer = version = None

    @classmethod
    def setUpClass(cls):
        if cls.peer is None:
            raise unittest.SkipTest("no peer")
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="stalemark-live-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.node = NodeExporter(cls.folder)
        cls.addClassCleanup(lambda: cls.node.kill())
        cls.exporters, cls.hostile = {}, {}
        cls.servers = {}
        for name in ("stalemark", "threads", "prometheus"):
            exporter = OrdinalExporter(ordinal_page)
            cls.addClassCleanup(exporter.stop)
            cls.exporters[name] = exporter
            folder = cls.folder / name
            folder.mkdir()
            hostile = HostileExporter(HOSTILE)
            cls.addClassCleanup(hostile.stop)
            cls.hostile[name] = hostile
            # The same label for both, though their ports differ.
            (folder / "targets-1.json").write_text(
                json.dumps([{"targets": [f"127.0.0.1:{exporter.port}"], "labels": {"instance": "ordinal"}}]))
            cls.write_config(name)
            cls.servers[name] = cls.start(name, folder)
            cls.addClassCleanup(cls.servers[name].stop)
        cls.scrape_together()

    @classmethod
    def write_config(cls, name, more="", text=None):
        # 2.42 does not know the key.
        failure_log = f"  scrape_failure_log_file: {cls.folder / name}/failures.json" if cls.version == "3.14" else ""
        content = text or CONFIG.format(node=cls.node.port, hostile=cls.hostile[name].port, folder=cls.folder / name, more=more,
                                        failure_log=failure_log)
        (cls.folder / name / "prometheus.yml").write_text(content)

    @classmethod
    def start(cls, name, folder):
        port = free_port()
        if name != "prometheus":
            return Server(name, folder / "log", port, PROGRAM, "live", folder / "prometheus.yml", f"--io-threads={IO_THREADS[name]}",
                          f"--web.listen-address=127.0.0.1:{port}", "--web.enable-lifecycle", f"--samples={folder}/samples",
                          f"--openmetrics={folder}/openmetrics")
        return Server(name, folder / "log", port, cls.peer, f"--config.file={folder}/prometheus.yml",
                      f"--web.listen-address=127.0.0.1:{port}", "--web.enable-lifecycle", f"--storage.tsdb.path={folder}/data")

    @classmethod
    def each(cls, ask):
        """The answers that are compared, ours first."""
        return [ask(cls.servers[name]) for name in ("stalemark", "prometheus")]

    @classmethod
    def scrape_together(cls):
        """The run: scrape; the exporter dies and comes back; then everything that is compared is kept, and ours is stopped."""
        for server in cls.servers.values():
            server.wait_until_ready()
        for server in cls.servers.values():
            wait_for(lambda: server.health().items() >= {"node": "up", "ordinal": "up"}.items() and
                     server.health()["hostile"] != "unknown", f"{server.name} scrapes its targets")
        cls.own_threads = {name: len(os.listdir(f"/proc/{cls.servers[name].popen.pid}/task")) for name in IO_THREADS}
        cls.targets = cls.each(lambda server: server.api("targets"))
        cls.dropped = cls.each(lambda server: server.api("targets", state="dropped"))
        cls.pools = cls.each(lambda server: server.api("scrape_pools"))
        cls.metadata = cls.each(lambda server: server.api("targets/metadata", match_target='{job="node"}'))
        cls.config = cls.each(lambda server: server.api("status/config")["yaml"])
        cls.own_metrics = cls.each(lambda server: fetch(server.url + "/metrics")[1])
        end = time.monotonic() + SECONDS
        cls.node.kill()
        for server in cls.servers.values():
            wait_for(lambda: server.health()["node"] == "down", f"{server.name} sees that node_exporter is gone")
        cls.down = cls.each(lambda server: [t for t in server.api("targets")["activeTargets"] if t["labels"]["job"] == "node"])
        cls.node.start()
        for server in cls.servers.values():
            wait_for(lambda: server.health()["node"] == "up", f"{server.name} sees that node_exporter is back")
        time.sleep(max(0.0, end - time.monotonic()))
        wait_for(lambda: min(exporter.count for exporter in cls.exporters.values()) > 13, "a whole round of answers")
        wait_for(lambda: min(hostile.count for hostile in cls.hostile.values()) > len(HOSTILE), "a whole round of hostile answers")
        cls.try_reloads()
        cls.theirs = queried_samples(cls.servers["prometheus"])
        cls.their_requests = by_request(queried_instants(cls.servers["prometheus"], "ordinal"))
        cls.exit_codes = {name: cls.servers[name].stop(signal.SIGTERM) for name in IO_THREADS}
        cls.ours, cls.threads = (stored_samples(cls.folder / name / "samples") for name in IO_THREADS)
        cls.our_requests, cls.threads_requests = (by_request(stored_instants(cls.folder / name / "samples", "ordinal")) for name in IO_THREADS)

    @classmethod
    def try_reloads(cls):
        """A broken configuration, asked for by HTTP and by signal, then a good one that takes a job away and adds another."""
        for name in cls.servers:
            cls.write_config(name, text="scrape_configs: [{job_name: a}, {job_name: a}]\n")
        cls.broken_reload = cls.each(lambda server: fetch(server.url + "/-/reload", "POST"))
        cls.servers["stalemark"].popen.send_signal(signal.SIGHUP)
        wait_for(lambda: cls.servers["stalemark"].output().count("Error reloading config") == 2, "SIGHUP is refused too")
        cls.pools_after_broken = cls.each(lambda server: server.api("scrape_pools"))
        cls.health_after_broken = cls.each(lambda server: sorted(server.health()))
        more = f"- job_name: more\n  static_configs: [{{targets: ['127.0.0.1:{cls.node.port}']}}]\n"
        for name, server in cls.servers.items():
            cls.write_config(name, more)
            server.popen.send_signal(signal.SIGHUP)
        for server in cls.servers.values():
            wait_for(lambda: "more" in server.health() and server.health()["more"] == "up", f"{server.name} scrapes the new job")

    def known(self, labels):
        """Those that the peer would have."""
        return as_2_42(labels) if self.version == "2.42" else labels

    def note(self, what, equal, different):
        COMPARED.setdefault(what, {})[self.version] = (equal, different)

    def assert_same(self, what, ours, theirs):
        """Of lists, whose order counts too."""
        self.note(what, *differences(ours, theirs))
        self.assertEqual(ours, theirs)

    # ---- what was stored ----

    def of_job(self, samples, job):
        return {series: values for series, values in samples.items() if json.loads(series).get("job") == job}

    def test_series_of_the_real_exporter_are_the_same(self):
        ours, theirs = ({key(self.known(json.loads(series))) for series in self.of_job(samples, "node")}
                        for samples in (self.ours, self.theirs))
        self.note("series of node_exporter", len(ours & theirs), len(ours ^ theirs))
        self.assertEqual(sorted(ours - theirs), [])
        self.assertEqual(sorted(theirs - ours), [])
        self.assertGreater(len(ours), 300)

    def test_check_says_what_they_store(self):
        code, report = check(self, f"http://127.0.0.1:{self.node.port}/metrics", "--scrapes", "2", "--interval", "200ms", "--job", "node",
                             "--config", self.folder / "stalemark" / "prometheus.yml")
        self.assertEqual((code, report["errors"]), (3, 0), "node_exporter has findings of the lint only")
        ours = {key(self.known(labels)) for labels in report["stored"]["series"]}
        theirs = {series for series in map(key, map(json.loads, self.of_job(self.theirs, "node"))) if json.loads(series)["__name__"] not in REPORT}
        self.assertEqual(sorted(ours - theirs), [])
        self.assertEqual(sorted(theirs - ours), [])

    def test_report_series_are_the_same(self):
        def names(samples):
            return sorted(series for series in samples if json.loads(series)["__name__"] in REPORT)
        self.assert_same("report series, with their labels", names(self.ours), names(self.theirs))
        self.assertEqual(len(names(self.ours)), 5 * 4)

    def equal_values(self, ours):
        """How many are equal to theirs, and how many are not; those of requests that both have made."""
        # Not by their order: a scrape that a busy machine makes too late is missing from one of them.
        both = sorted(set(ours) & set(self.their_requests))
        for n in both:
            with self.subTest(request=n):
                self.assertEqual(ours[n], self.their_requests[n])
        self.assertGreater(len(both), 6)
        equal = sum(len(ours[n].items() & self.their_requests[n].items()) for n in both)
        self.assertGreater(equal, 10 * 6)
        return equal, sum(len(ours[n].items() ^ self.their_requests[n].items()) for n in both)

    def test_values_are_equal_request_by_request(self):
        self.note("values of ordinal_page, request by request", *self.equal_values(self.our_requests))

    def test_failed_scrapes_are_as_many(self):
        up = key({"__name__": "up", "instance": "ordinal", "job": "ordinal"})
        # The connection that request 7 found closed was an old one: it is tried again at once, as net/http does.
        for samples in (self.ours, self.threads):
            self.assertEqual(samples[up][:12], ["1"] * 4 + ["0", "1", "1", "0", "1", "0", "1", "1"])

    def failures(self, name):
        """The texts of the first round of hostile answers, numbered: some fail with the same one."""
        lines = (self.folder / name / "failures.json").read_text().splitlines()
        texts = [self.comparable(json.loads(line)["msg"]) for line in lines if json.loads(line)["job_name"] == "hostile"]
        return list(enumerate(texts[:len(HOSTILE) - HOSTILE.count(GOOD)]))

    def test_hostile_answers_fail_with_the_same_texts(self):
        if self.version != "3.14":
            self.skipTest("it writes no failure log")
        self.assert_same("failures of hostile answers, with their texts", self.failures("stalemark"), self.failures("prometheus"))
        self.assertEqual(len(self.failures("stalemark")), len(HOSTILE) - HOSTILE.count(GOOD))

    def test_hostile_answers_fail_in_the_same_scrapes(self):
        up = key({"__name__": "up", "instance": "hostile", "job": "hostile"})
        expected = ["1" if answer is GOOD else "0" for answer in HOSTILE]
        self.assert_same("`up` after each hostile answer", *([list(enumerate(samples[up][:len(HOSTILE)]))
                                                            for samples in (self.ours, self.theirs)]))
        self.assertEqual(self.ours[up][:len(HOSTILE)], expected)
        self.assertEqual(self.threads[up][:len(HOSTILE)], expected)

    def test_with_io_threads_values_and_failures_are_the_same(self):
        self.equal_values(self.threads_requests)
        if self.version == "3.14":
            self.assertEqual(self.failures("threads"), self.failures("prometheus"))
        ours, threads = ({series: len(values) for series, values in self.of_job(samples, "node").items()} for samples in (self.ours, self.threads))
        self.assertEqual(sorted(ours), sorted(threads))
        self.assertEqual(self.own_threads["threads"] - self.own_threads["stalemark"], IO_THREADS["threads"])

    def test_the_exporter_that_died_was_down(self):
        up = key({"__name__": "up", "instance": f"127.0.0.1:{self.node.port}", "job": "node"})
        for samples in (self.ours, self.theirs):
            states = "".join(samples[up])
            self.note("exporter killed and started again: up, down, up", int(re.search("^1+0+1+$", states) is not None), 0)
            self.assertRegex(states, "^1+0+1+$")

    def test_openmetrics_file_has_what_was_stored(self):
        text = (self.folder / "stalemark" / "openmetrics").read_text()
        self.assertIn('\nup{instance="ordinal",job="ordinal"} 1 ', text)
        self.assertTrue(text.endswith("# EOF\n"))

    # ---- the API ----

    def comparable(self, text):
        """Ports differ between the servers' own exporters, folders too."""
        for name, exporter in self.exporters.items():
            for own, common in ((exporter.port, "PORT"), (self.hostile[name].port, "HOSTILE"), (self.folder / name, "FOLDER")):
                text = text.replace(str(own), common)
        return text

    def active(self, targets):
        targets = sorted(targets, key=lambda target: target["scrapePool"])
        shown = [{field: target[field] for field in TARGET_FIELDS} for target in targets]
        for target in shown:
            target["discoveredLabels"] = self.known(target["discoveredLabels"])
        return json.loads(self.comparable(json.dumps(shown)))

    def test_targets_are_the_same(self):
        # The hostile one is up or down, as it happens.
        ours, theirs = (self.active([target for target in answer["activeTargets"] if target["scrapePool"] != "hostile"])
                        for answer in self.targets)
        self.assert_same("/api/v1/targets: targets, 8 fields each", ours, theirs)
        self.assertEqual(len(ours), 2)
        self.assertEqual([set(target) for target in self.targets[0]["activeTargets"]],
                         [set(target) for target in self.targets[1]["activeTargets"]])
        for target in self.targets[0]["activeTargets"]:
            self.assertRegex(target["lastScrape"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
            self.assertGreater(target["lastScrapeDuration"], 0)

    def test_a_target_that_is_down_says_the_same(self):
        ours, theirs = (self.active(targets) for targets in self.down)
        self.assertEqual(ours, theirs)
        self.assertIn("connect: connection refused", ours[0]["lastError"])

    def test_dropped_targets_are_the_same(self):
        ours, theirs = ([self.known(target["discoveredLabels"]) for target in answer["droppedTargets"]] for answer in self.dropped)
        self.assert_same("dropped targets", ours, theirs)
        self.assertEqual(self.dropped[0]["activeTargets"], [])

    def test_metadata_is_the_same(self):
        ours, theirs = (sorted(answer, key=lambda item: item["metric"]) for answer in self.metadata)
        self.assert_same("/api/v1/targets/metadata", ours, theirs)
        self.assertGreater(len(ours), 100)

    def test_scrape_pools_are_the_same(self):
        self.assertEqual(*self.pools)

    def test_the_configuration_is_shown_as_theirs(self):
        if self.version != "3.14":
            self.skipTest("its defaults are others")
        ours, theirs = map(self.comparable, self.config)
        # Sections of other subsystems are not kept.
        self.maxDiff = None
        ours, theirs = (dict(re.findall(r"^(\S+):\n((?: .*\n|-.*\n)*)", yaml, re.MULTILINE)) for yaml in (ours, theirs))
        for section in ("global", "scrape_configs"):  # to storage the server adds what its flags say
            self.assertEqual(ours[section], theirs[section])
        self.note("/api/v1/status/config: sections `global`, `scrape_configs`", 2, 0)
        self.assertEqual(sorted(ours), ["global", "scrape_configs", "storage"])

    def test_own_metrics_have_their_names(self):
        def families(text):
            return {line.split()[2]: line for line in text.splitlines() if line.startswith("# TYPE prometheus_target_")}
        ours, theirs = (families(text) for text in self.own_metrics)
        if self.version == "3.14":
            self.note("families of `prometheus_target_*`", len(ours.items() & theirs.items()), len(theirs.items() - ours.items()))
            self.assertEqual(sorted(theirs.items() - ours.items()), [])
        self.assertGreater(len(ours.items() & theirs.items()), 15)
        self.assertIn('prometheus_target_scrape_pool_targets{scrape_job="node"} 1\n', self.own_metrics[0])

    def test_own_metrics_pass_promtool(self):
        if shutil.which("promtool") is None:
            self.skipTest("no promtool")
        done = subprocess.run(["promtool", "check", "metrics"], input=self.own_metrics[0], capture_output=True, text=True, timeout=30)
        self.assertNotIn("error", done.stderr, done.stderr)

    # ---- reload and stop ----

    def test_a_broken_configuration_is_refused_and_the_old_one_goes_on(self):
        (our_status, our_text), (their_status, their_text) = self.broken_reload
        self.assertEqual(our_status, 500)
        self.assertEqual(their_status, 500)
        if self.version == "3.14":
            self.assertEqual(self.comparable(our_text), self.comparable(their_text))
        self.assertIn("found multiple scrape configs with job name \"a\"", our_text)
        self.assertEqual(self.pools_after_broken, self.pools)
        self.assertEqual(*self.health_after_broken)

    def test_it_stopped_as_asked(self):
        for name, code in self.exit_codes.items():
            self.assertEqual(code, 0, self.servers[name].output())
        log = self.servers["stalemark"].output()
        self.assertIn('level=WARN msg="Received an OS signal, exiting gracefully..." signal=terminated', log)
        self.assertIn('level=INFO msg="See you next time!"', log)
        # No stale markers at the end (EOR-03): the last sample of a target that is up is one.
        last = {}
        for line in (self.folder / "stalemark" / "samples").read_text().splitlines():
            sample = json.loads(line)
            last[key(sample["metric"])] = "stale" in sample
        self.assertFalse(last[key({"__name__": "up", "instance": f"127.0.0.1:{self.node.port}", "job": "node"})])


def for_peer(version, program):
    return type(f"Beside{version.replace('.', '_')}", (Pair,), {"peer": program, "version": version})


class Alone(unittest.TestCase):
    """What needs no peer."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="stalemark-live-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def live(self, config, *options):
        (self.folder / "prometheus.yml").write_text(config)
        process = Process(self.folder / "log", PROGRAM, "live", self.folder / "prometheus.yml", "--web.listen-address=127.0.0.1:0",
                          *options)
        self.addCleanup(process.stop)
        return process

    def test_a_configuration_that_is_refused_ends_it(self):
        process = self.live("scrape_configs: [{}]")
        self.assertEqual(process.popen.wait(30), 1)
        self.assertIn('level=ERROR msg="Fatal error" err="error loading config from', process.output())

    @unittest.skipUnless(NodeExporter.program, "no node_exporter")
    def test_check_of_a_real_exporter(self):
        node = NodeExporter(self.folder)
        self.addCleanup(node.kill)
        url = f"http://127.0.0.1:{node.port}/metrics"
        code, report = check(self, url, "--interval", "100ms")
        self.assertEqual((code, report["errors"]), (3, 0))
        self.assertEqual(len(report["answers"]), 9)
        self.assertEqual({answer["content_encoding"] for answer in report["answers"] if answer["purpose"] != "coding"}, {"gzip"})
        self.assertEqual(report["answers"][1]["format"], "protobuf")
        self.assertEqual([finding for finding in report["findings"] if finding["kind"] == "protocol_series"], [])
        if shutil.which("promtool") is None:
            return
        _, page = fetch(url)
        promtool = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, text=True, timeout=30)
        _, report = check(self, "--metrics", "-", input=page)
        self.assertEqual(sorted(f"{finding['subject']} {finding['message']}" for finding in report["findings"] if finding["kind"] == "lint"),
                         sorted(set(promtool.stderr.splitlines())))

    def test_it_stops_after_the_time_it_was_given(self):
        begin = time.monotonic()
        process = self.live("scrape_configs: []", "--for", "1s")
        self.assertEqual(process.popen.wait(30), 0, process.output())
        self.assertGreater(time.monotonic() - begin, 1)

    def test_an_address_that_is_taken_is_named(self):
        first = self.live("scrape_configs: []")
        wait_for(lambda: "Listening on" in first.output(), "it listens")
        address = first.output().split("address=")[1].split()[0]
        second = Process(self.folder / "second", PROGRAM, "live", self.folder / "prometheus.yml", f"--web.listen-address={address}")
        self.assertEqual(second.popen.wait(30), 1)
        self.assertIn(f"cannot listen on {address}", second.output())

    def test_failed_scrapes_are_logged_to_the_file_that_is_named(self):
        process = self.live(f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
- job_name: gone
  scrape_failure_log_file: {self.folder}/failures.json
  static_configs: [{{targets: ['127.0.0.1:{free_port()}']}}]
""")
        log = self.folder / "failures.json"
        wait_for(lambda: log.exists() and log.read_text(), "a failure is logged")
        failure = json.loads(log.read_text().splitlines()[0])
        self.assertEqual([failure["level"], failure["job_name"]], ["ERROR", "gone"])
        self.assertIn("connection refused", failure["msg"])
        self.assertEqual(process.stop(), 0)

    def test_lifecycle_needs_its_flag_and_unknown_paths_are_not_found(self):
        process = self.live("scrape_configs: []")
        wait_for(lambda: "ready to receive" in process.output(), "it is ready")
        url = "http://" + process.output().split("address=")[1].split()[0]
        self.assertEqual(fetch(url + "/-/reload", "POST"), (403, "Lifecycle API is not enabled."))
        self.assertEqual(fetch(url + "/-/reload"), (405, "Only POST or PUT requests allowed"))
        self.assertEqual(fetch(url + "/nothing")[0], 404)
        self.assertEqual(fetch(url + "/-/healthy"), (200, "stalemark is Healthy.\n"))
        self.assertEqual(fetch(url + "/api/v1/targets/metadata?match_target=up{")[0], 400)


    def test_the_visualizer_follows_a_trace(self):
        page = self.folder / "view.html"
        page.write_text("<p>the page")
        process = self.live("""
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs: [{job_name: self, static_configs: [{targets: ['127.0.0.1:1']}]}]
""", "--view", "--page", str(page))
        wait_for(lambda: "ready to receive" in process.output(), "it is ready")
        url = "http://" + process.output().split("address=")[1].split()[0]
        self.assertEqual(fetch(url + "/"), (200, "<p>the page"))  # by way of a redirect

        def trace():
            with urllib.request.urlopen(url + "/trace", timeout=10) as answer:
                return answer.read()
        wait_for(lambda: b"127.0.0.1:1" in trace(), "the trace has the target")
        self.assertTrue(trace().startswith(b"STMK"))
        process.popen.send_signal(signal.SIGINT)
        self.assertEqual(process.popen.wait(30), 0)


def print_table(versions):
    print("\n| compared | " + " | ".join(f"Prometheus {version}" for version in versions) + " |")
    print("| --- |" + " --- |" * len(versions))
    for what, counts in sorted(COMPARED.items()):
        cells = [f"{counts[version][0]:,} equal, {counts[version][1]:,} differ" if version in counts else "" for version in versions]
        print(f"| {what} | " + " | ".join(cells) + " |")
    print()


def main():
    global PROGRAM
    PROGRAM = os.path.abspath(sys.argv[1])
    suite = unittest.TestSuite()
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    suite.addTests(load(Alone))
    for version, program in prometheus_programs():
        if NodeExporter.program is None:
            break
        suite.addTests(load(for_peer(version, program)))
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    if "--table" in sys.argv[2:]:
        print_table([version for version, _ in prometheus_programs()])
    bad = [case for case, _ in result.failures + result.errors]
    ran_badly = sum(isinstance(case, unittest.TestCase) for case in bad)  # the others are set-ups that failed
    failed = len(bad)
    print(f"{result.testsRun - ran_badly - len(result.skipped)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
