#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`stalemark record` of real exporters, in real time, while they fail; ends with `N passed, N failed`, and what was skipped and why.

    tests/live/e2e/record_test.py PROGRAM

One recording of RECORD_SECONDS (14) at 1 s. Exporters of Debian and, where peer.sh has built it, Prometheus 3.14; beside them a
scripted one that answers 500, closes connections and hangs, and one that wants credentials, redirects and tells secrets. During the
recording one exporter is killed and started again, a target vanishes from file_sd, and the configuration is reloaded, a broken one
before. The verdict must be that the replay is identical, a fresh process must find the same, and no secret may be in any file.
"""
import base64
import gzip
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
from servers import NodeExporter, OrdinalExporter, Process, fetch, free_port, prometheus_programs, wait_for

SECONDS = float(os.environ.get("RECORD_SECONDS", "14"))
PROGRAM = None
SKIPPED = []
# All of them reach the wire: by password, bearer token, header, URL and file.
SECRETS = {"password": "pw-Xq71&zk=9", "token": "tok.5a51c0ffee77", "cookie": "sid=c00k1e-9917", "parameter": "p@ram/secret 42",
           "label": "lab3l-t0ken-77", "file": "from-a-f1le-31337", "set_cookie": "server-c00kie-4242", "url": "ur1pass-8080",
           "pattern": "customer-0815"}


class SecretExporter:
    """Wants what it is to be given, sends a redirect that repeats it, sets cookies, and shows a URL with a password."""

    def __init__(self):
        self.seen, self.posts = [], 0
        exporter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                exporter.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                if self.path == "/targets":
                    document = json.dumps([{"targets": [f"127.0.0.1:{exporter.port}"], "labels": {"__param_password": SECRETS["label"]}}])
                    return self.reply(200, document.encode(), ("Content-Type", "application/json"))
                if self.path.startswith("/moved"):
                    return self.reply(302, b"", ("Location", self.path.replace("/moved", "/metrics", 1)))
                page = ('# TYPE secret_info gauge\n'
                        f'secret_info{{url="http://me:{SECRETS["url"]}@db:5432/",who="{SECRETS["pattern"]}"}} 1\n'
                        f'requests_total {len(exporter.seen)}\n').encode()
                return self.reply(200, gzip.compress(page), ("Content-Encoding", "gzip"), ("Set-Cookie", SECRETS["set_cookie"]))

            def do_POST(self):
                exporter.posts += 1
                self.reply(200, b"")

            def reply(self, status, body, *headers):
                self.send_response(status)
                if "Content-Type" not in dict(headers):
                    headers = (*headers, ("Content-Type", "text/plain; version=0.0.4"))
                for name, value in (*headers, ("Content-Length", str(len(body)))):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def faulty_page(n):
    """The answer to request n: pages, a status, a closed connection, a silence beyond the timeout, no metrics."""
    if n % 6 == 3:
        return 500, "no"
    if n % 6 == 4:
        return None
    if n % 6 == 5:
        return 1.0
    return 200, f"faulty_total {n}\nfaulty_gauge{{n=\"{n % 2}\"}} {n / 3}\n" if n % 6 else "not { metrics\n"


def scripted_targets(folder, **ports):
    (folder / "targets.json.new").write_text(json.dumps(
        [{"targets": [f"127.0.0.1:{port}"], "labels": {"name": name, "__param_token": SECRETS["label"]}} for name, port in ports.items()]))
    os.replace(folder / "targets.json.new", folder / "targets.json")


CONFIG = """
global:
  scrape_interval: 1s
  scrape_timeout: 800ms
  external_labels: {{replica: '${{RECORD_TEST_REPLICA}}'}}
remote_write: [{{url: 'http://127.0.0.1:{secret}/write'}}]
scrape_configs:
- job_name: basic  # the old password was {secrets[url]}
  basic_auth: {{username: me, password: '{secrets[password]}'}}
  http_headers:
    Cookie: {{values: ['{secrets[cookie]}']}}
  metrics_path: /moved
  params: {{api_key: ['{secrets[parameter]}'], module: [all]}}
  static_configs: [{{targets: ['127.0.0.1:{secret}']}}]
- job_name: bearer
  authorization: {{credentials: {secrets[token]}}}
  static_configs: [{{targets: ['127.0.0.1:{secret}']}}]
- job_name: file
  authorization: {{credentials_file: token.txt}}
  static_configs: [{{targets: ['127.0.0.1:{secret}']}}]
- job_name: asked
  http_sd_configs: [{{url: 'http://127.0.0.1:{secret}/targets', refresh_interval: 2s, authorization: {{credentials: '{secrets[token]}'}}}}]
- job_name: faulty
  file_sd_configs: [{{files: ['targets.json']}}]
{jobs}"""

JOB = """- job_name: {name}
  metrics_path: {path}
  body_size_limit: {limit}
  static_configs: [{{targets: ['127.0.0.1:{port}']}}]
{more}"""


class RealExporter:
    """One of Debian's, or a peer's: how it is started, and a series that its /metrics has."""

    def __init__(self, name, program, arguments, series, path="/metrics", more="", prepare=None):
        self.name, self.program, self.arguments, self.series, self.path, self.more = name, program, arguments, series, path, more
        self.prepare = prepare
        self.port = free_port()

    def start(self, folder):
        if self.prepare:
            self.prepare(self, folder)
        words = [word.format(port=self.port, folder=folder) for word in self.arguments]
        self.process = Process(folder / f"{self.name}.log", self.program, *words)
        wait_for(lambda: fetch(f"http://127.0.0.1:{self.port}{self.path}")[0] == 200 or self.process.popen.poll() is not None,
                 f"{self.name} answers")
        assert self.process.popen.poll() is None, self.process.output()


def nginx_files(exporter, folder):
    """A page from a file, as a static exporter has it."""
    (folder / "www").mkdir()
    (folder / "www" / "metrics").write_text("# TYPE nginx_static gauge\nnginx_static{from=\"a file\"} 3.25\n")
    (folder / "nginx.conf").write_text(f"""daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.err;
events {{}}
http {{ access_log off; default_type 'text/plain; version=0.0.4'; client_body_temp_path {folder}; proxy_temp_path {folder};
fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
server {{ listen 127.0.0.1:{exporter.port}; root {folder}/www; chunked_transfer_encoding on; }} }}
""")


def prometheus_files(exporter, folder):
    (folder / f"{exporter.name}.yml").write_text("global: {scrape_interval: 1s}\nscrape_configs: []\n")


def process_files(exporter, folder):
    (folder / "processes.yml").write_text("process_names: [{name: '{{.Comm}}', cmdline: ['.+']}]\n")


def real_exporters():
    """Those whose programs are here; the others are noted as skipped."""
    found = [
        RealExporter("blackbox", shutil.which("prometheus-blackbox-exporter"),
                     ["--config.file=/etc/prometheus/blackbox.yml", "--web.listen-address=127.0.0.1:{port}"], "blackbox_exporter_build_info"),
        RealExporter("pushgateway", shutil.which("prometheus-pushgateway"), ["--web.listen-address=127.0.0.1:{port}"],
                     "pushgateway_build_info"),
        RealExporter("process", shutil.which("prometheus-process-exporter"),
                     ["-config.path={folder}/processes.yml", "-web.listen-address=127.0.0.1:{port}"], "namedprocess_scrape_errors",
                     prepare=process_files),
        RealExporter("victoria", shutil.which("victoria-metrics"),
                     ["-httpListenAddr=127.0.0.1:{port}", "-storageDataPath={folder}/victoria"], "vm_app_version"),
        RealExporter("nginx", shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"), ["-c", "{folder}/nginx.conf"],
                     "nginx_static", prepare=nginx_files),
    ]
    for version, program in prometheus_programs():
        # Protobuf with native histograms, where the server has them.
        more = "  scrape_protocols: [PrometheusProto, OpenMetricsText1.0.0, PrometheusText0.0.4]\n  scrape_native_histograms: true\n"
        found.append(RealExporter(f"prometheus-{version}", program,
                                  ["--config.file={folder}/prometheus-" + version + ".yml", "--web.listen-address=127.0.0.1:{port}",
                                   "--storage.tsdb.path={folder}/data-" + version], "prometheus_build_info", more=more,
                                  prepare=prometheus_files))
    for exporter in found:
        if exporter.program is None:
            SKIPPED.append(f"{exporter.name}: its program is not installed")
    for version in {"2.42", "3.14"} - {version for version, _ in prometheus_programs()}:
        SKIPPED.append(f"prometheus-{version}: its program is not there")
    return [exporter for exporter in found if exporter.program]



class Recorded(unittest.TestCase):
    """One recording that all cases look at."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="stalemark-record-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.secret, cls.faulty = SecretExporter(), OrdinalExporter(faulty_page)
        cls.vanishing = OrdinalExporter(lambda n: (200, f"vanishing {n}\n"))
        for exporter in (cls.secret, cls.faulty, cls.vanishing):
            cls.addClassCleanup(exporter.stop)
        cls.real = real_exporters()
        for exporter in cls.real:
            exporter.start(cls.folder)
            cls.addClassCleanup(exporter.process.stop)
        cls.node = None
        if NodeExporter.program:
            cls.node = NodeExporter(cls.folder)
            cls.addClassCleanup(lambda: cls.node.kill())
        else:
            SKIPPED.append("node: its program is not installed")
        (cls.folder / "token.txt").write_text(SECRETS["file"] + "\n")
        scripted_targets(cls.folder, faulty=cls.faulty.port, vanishing=cls.vanishing.port)
        cls.write_config()
        cls.record()

    @classmethod
    def write_config(cls, text=None, more=""):
        jobs = [JOB.format(name=e.name, path=e.path, port=e.port, limit="100MB", more=e.more) for e in cls.real]
        if cls.node:
            jobs.append(JOB.format(name="node", path="/metrics", port=cls.node.port, limit="100MB", more=""))
            jobs.append(JOB.format(name="limited", path="/metrics", port=cls.node.port, limit="1KB", more=""))
        content = text or CONFIG.format(secrets=SECRETS, secret=cls.secret.port, jobs="".join(jobs)) + more
        (cls.folder / "prometheus.yml.new").write_text(content)
        os.replace(cls.folder / "prometheus.yml.new", cls.folder / "prometheus.yml")

    @classmethod
    def record(cls):
        cls.capsule = cls.folder / "capsule"
        environment = {**os.environ, "RECORD_TEST_REPLICA": "a"}
        begin = time.monotonic()

        def at(seconds):
            time.sleep(max(0.0, begin + seconds * SECONDS / 14 - time.monotonic()))
        with open(cls.folder / "log", "ab") as log:
            process = subprocess.Popen([PROGRAM, "record", "prometheus.yml", f"--for={SECONDS}s".replace(".0s", "s"), "-o", str(cls.capsule),
                                        "--scrape.discovery-reload-interval=1s", "--redact=customer-[0-9]+"], cwd=cls.folder, env=environment,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            at(4)
            if cls.node:
                cls.node.kill()
            at(5)
            cls.write_config("scrape_configs: [{job_name: a}, {job_name: a}]\n")
            process.send_signal(signal.SIGHUP)
            at(6)
            if cls.node:
                cls.node.start()
            at(7)
            scripted_targets(cls.folder, faulty=cls.faulty.port)
            at(9)
            cls.write_config(more=f"- job_name: added\n  static_configs: [{{targets: ['127.0.0.1:{cls.vanishing.port}']}}]\n")
            process.send_signal(signal.SIGHUP)
            cls.output = process.communicate(timeout=SECONDS + 60)[0]
        finally:
            process.kill()
        cls.exit_code, cls.log = process.returncode, (cls.folder / "log").read_text()
        cls.files = {path.relative_to(cls.capsule): path.read_bytes() for path in cls.capsule.rglob("*") if path.is_file()}
        cls.samples = cls.stalemark("run", cls.capsule / "scenario.yml", "--format", "openmetrics").stdout

    @classmethod
    def stalemark(cls, *arguments):
        return subprocess.run([PROGRAM, *map(str, arguments)], cwd=cls.folder, capture_output=True, text=True, timeout=120)

    def values(self, series, job):
        return re.findall(rf'^{re.escape(series)}{{[^\n]*job="{re.escape(job)}"[^\n]*}} (\S+)', self.samples, re.MULTILINE)

    # ---- the verdict ----

    def test_the_replay_is_identical(self):
        self.assertEqual(self.exit_code, 0, self.output + self.log)
        self.assertRegex(self.output, r"^identical  \S+: \d+s")

    def test_a_fresh_process_finds_the_same(self):
        tested = self.stalemark("test", self.capsule / "scenario.yml")
        self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)

    def test_a_changed_body_or_instant_is_found(self):
        for name, pattern, change, found in (
                ("recording.yml", rb"(end: \d+)(\d)", lambda m: m[1] + str((int(m[2]) + 1) % 10).encode(), "found store digest"),
                (self.body_with(b"nginx_static", b"faulty_total"), rb"(\S+)(\d)\n", lambda m: m[1] + str((int(m[2]) + 1) % 10).encode() + b"\n",
                 "content does not match its name: the capsule was changed")):
            copy = self.folder / "changed"
            shutil.rmtree(copy, True)
            shutil.copytree(self.capsule, copy)
            content = (copy / name).read_bytes()
            changed = re.sub(pattern, change, content, count=1)
            self.assertNotEqual(changed, content, name)
            (copy / name).write_bytes(changed)
            tested = self.stalemark("test", copy / "scenario.yml")
            self.assertEqual(tested.returncode, 1, f"{name}: {tested.stdout}{tested.stderr}")
            self.assertIn(found, tested.stdout + tested.stderr)

    def test_the_end_says_what_it_does(self):
        self.assertLess(self.log.find("Searching the capsule for secrets..."), self.log.find("Playing the capsule..."))
        self.assertIn("Searching the capsule", self.log)

    def body_with(self, *texts):
        return next(name for name, content in self.files.items() if any(text in content for text in texts) and str(name).startswith("bodies"))

    # ---- what was recorded ----

    def test_faults_are_replayed(self):
        ups = self.values("up", "faulty")
        self.assertIn("0.0", [f"{float(value):.1f}" for value in ups])
        self.assertIn("1.0", [f"{float(value):.1f}" for value in ups])

    def test_a_vanished_target_and_an_added_job_are_replayed(self):
        scenario = (self.capsule / "scenario.yml").read_text()
        self.assertGreaterEqual(scenario.count("targets:\n"), 3)
        self.assertIn("reload: prometheus-2.yml", scenario)
        self.assertTrue(self.values("vanishing", "added"))
        self.assertTrue(self.values("vanishing", "faulty"))

    def test_a_redirect_is_two_exchanges(self):
        recording = (self.capsule / "recording.yml").read_text()
        self.assertIn("/moved?", recording)
        self.assertIn("status: 302", recording)
        self.assertEqual({float(value) for value in self.values("up", "basic")}, {1.0})

    def test_what_http_discovery_found_is_replayed(self):
        self.assertEqual({float(value) for value in self.values("up", "asked")}, {1.0})
        asked = [headers for path, headers in self.secret.seen if path == "/targets"]
        self.assertGreater(len(asked), 3)
        self.assertEqual({headers["authorization"] for headers in asked}, {"Bearer " + SECRETS["token"]})
        self.assertTrue([path for path, _ in self.secret.seen if path == f"/metrics?password={SECRETS['label']}"])

    def test_threads_for_sockets_change_nothing(self):
        _, done = self.short("""
global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}
scrape_configs: [{{job_name: a, static_configs: [{{targets: ['127.0.0.1:{port}', 'localhost:{port}', '127.0.0.1:1']}}]}}]
""", "--io-threads=2")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_broken_reload_changes_nothing(self):
        self.assertIn("Error reloading config", self.log)
        self.assertFalse((self.capsule / "prometheus-3.yml").exists())

    # ---- secrets ----

    def test_secrets_went_over_the_wire(self):
        authorizations = {headers.get("authorization") for _, headers in self.secret.seen}
        basic = base64.b64encode(f"me:{SECRETS['password']}".encode()).decode()
        self.assertLessEqual({"Bearer " + SECRETS["token"], "Bearer " + SECRETS["file"], "Basic " + basic}, authorizations)
        self.assertIn(SECRETS["cookie"], {headers.get("cookie") for _, headers in self.secret.seen})
        for place in ("/moved", "/metrics"):  # the second is the redirect's, which repeats what it was given
            queries = [urllib.parse.parse_qs(urllib.parse.urlsplit(path).query) for path, _ in self.secret.seen if path.startswith(place)]
            self.assertEqual({value for query in queries for value in query.get("api_key", [])}, {SECRETS["parameter"]}, place)

    def test_a_recording_writes_to_no_remote_storage(self):
        self.assertEqual(self.secret.posts, 0)

    def test_no_secret_is_in_any_file(self):
        forms = {}
        for name, secret in SECRETS.items():
            for form in (secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), base64.b64encode(secret.encode()).decode()):
                forms[form.encode()] = name
        forms[base64.b64encode(f"me:{SECRETS['password']}".encode())] = "basic"
        for name, content in self.files.items():
            contents = [content, gzip.decompress(content)] if content.startswith(b"\x1f\x8b") else [content]
            found = [what for text in contents for form, what in forms.items() if form in text or form in str(name).encode()]
            self.assertEqual(found, [], name)
        self.assertNotIn(SECRETS["token"], self.output + self.log)

    def test_a_redacted_page_is_what_the_live_engine_stored(self):
        self.assertRegex(self.samples, r'secret_info{[^\n]*url="http://me:redacted-secret-found-\d+@db:5432/"')

    def short(self, config, *arguments):
        """A recording of its own."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (folder / "prometheus.yml").write_text(config.format(port=self.secret.port, secrets=SECRETS))
        done = self.stalemark("record", folder / "prometheus.yml", "--for", "3s", "-o", folder / "out", "--scrape.discovery-reload-interval=500ms",
                              *arguments)
        return folder, done

    def test_a_target_that_names_placeholders_gets_no_secret(self):
        seen = []
        guesses = [f"redacted-secret-{n:04}{end}" for n in range(1, 10) for end in ("", "-", "-000000000000")]

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path.startswith("/metrics"):
                    self.send_response(302)
                    self.send_header("Location", f"http://{guesses[0]}:redacted%2Dsecret-0001@localhost:{server.server_address[1]}/evil?x=" + ",".join(guesses))
                    return self.end_headers()
                seen.append(self.path + " " + str(self.headers) + base64.b64decode(self.headers.get("Authorization", "").partition(" ")[2]).decode())
                self.send_response(200)
                self.end_headers()

            def log_message(self, *arguments):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_address[1]}"
        targets = self.folder / "evil.json"
        targets.write_text(json.dumps([{"targets": [address], "labels": {"__metrics_path__": "/evil", "__param_q": ",".join(guesses), guesses[0]: "x"}}]))
        self.short("""
global: {{scrape_interval: 500ms}}
scrape_configs:
- {{job_name: a, basic_auth: {{username: me, password: '{secrets[password]}'}}, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}
- {{job_name: b, static_configs: [{{targets: ['%s']}}]}}
- {{job_name: c, file_sd_configs: [{{files: ['%s']}}]}}
""" % (address, targets))
        self.assertTrue([request for request in seen if "/evil?q=" in request])
        self.assertTrue([request for request in seen if "/evil?x=" in request])
        everything = "\n".join(seen)
        for form in (SECRETS["password"], urllib.parse.quote(SECRETS["password"], safe="")):
            self.assertNotIn(form, everything)

    def test_a_secret_that_cannot_be_replaced_leaves_nothing_behind(self):
        # The name of a parameter is no value.
        folder, done = self.short("""
global: {{scrape_interval: 1s}}
scrape_configs:
- {{job_name: a, authorization: {{credentials: '{secrets[token]}'}}, params: {{'{secrets[token]}': [x]}}, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}
""")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stderr, r"prometheus\.yml: byte \d+\n")
        self.assertIn("a secret still stands", done.stderr)
        self.assertNotIn(SECRETS["token"], done.stdout + done.stderr)
        self.assertEqual([path.name for path in folder.iterdir()], ["prometheus.yml"])

    def test_without_redaction_everything_stays(self):
        folder, done = self.short("""
global: {{scrape_interval: 1s}}
scrape_configs:
- {{job_name: a, params: {{token: ['{secrets[token]}']}}, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}
""", "--no-redact")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("secrets left in", done.stdout)
        self.assertIn(SECRETS["token"], (folder / "out" / "prometheus.yml").read_text())
        self.assertIn(f"token={SECRETS['token']}", (folder / "out" / "recording.yml").read_text())
        self.assertNotIn("held", (folder / "out" / "recording.yml").read_text())

    def test_a_recording_of_nothing_is_none(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (folder / "prometheus.yml").write_text(f"scrape_configs: [{{job_name: a, static_configs: [{{targets: ['127.0.0.1:{self.secret.port}']}}]}}]")
        done = self.stalemark("record", folder / "prometheus.yml", "--for", "300ms", "-o", folder / "out")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"^NOTHING RECORDED  .*: the first targets come after --scrape.discovery-reload-interval, 5s; ")
        self.assertEqual([path.name for path in folder.iterdir()], ["prometheus.yml"])

    def test_an_output_without_a_name_is_refused(self):
        done = self.stalemark("record", "prometheus.yml", "--for", "1s", "-o", "")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--output: found nothing", done.stderr)

    def test_an_earlier_capsule_is_replaced_by_force(self):
        config = "scrape_configs: [{{job_name: a, scrape_interval: 200ms, scrape_timeout: 200ms, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]"
        folder, done = self.short(config)
        first = (folder / "out" / "scenario.yml").read_text()
        again = self.stalemark("record", folder / "prometheus.yml", "--for", "1s", "-o", folder / "out", "--force",
                               "--scrape.discovery-reload-interval=100ms")
        self.assertEqual([done.returncode, again.returncode], [0, 0], done.stderr + again.stderr)
        self.assertNotEqual((folder / "out" / "scenario.yml").read_text(), first)
        self.assertEqual(sorted(path.name for path in folder.iterdir()), ["out", "prometheus.yml"])

    def test_a_configuration_that_does_not_load_is_an_error(self):
        folder, done = self.short("scrape_configs: [{{job_name: a}}, {{job_name: a}}]")
        self.assertEqual(done.returncode, 1)
        self.assertIn("found multiple scrape configs with job name", done.stderr)
        self.assertFalse((folder / "out").exists())

    def test_a_pattern_that_is_none_is_refused(self):
        _, done = self.short("scrape_configs: []", "--redact", "(")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--redact: (: missing ):", done.stderr)

    def test_an_existing_folder_is_refused(self):
        refused = self.stalemark("record", "prometheus.yml", "--for", "1s", "-o", self.capsule)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--force replaces it", refused.stderr)
        refused = self.stalemark("record", "prometheus.yml", "--for", "1s", "-o", self.folder, "--force")
        self.assertIn("is there and is no capsule", refused.stderr)
        self.assertEqual([path for path in self.folder.iterdir() if path.name.startswith(".")], [])


def add_exporter_cases():
    """A case for each real exporter that is to be recorded; skipped, and said so, where its program is not."""
    def case(name, series):
        def test(self):
            exporter = next((one for one in self.real if one.name == name), None)
            if exporter is None and not (name == "node" and self.node):
                self.skipTest("its program is not there")
            self.assertTrue(self.values(series, name) or re.search(rf'^{series}{{[^\n]*job="{name}"', self.samples, re.MULTILINE), name)
            self.assertIn(1.0, {float(value) for value in self.values("up", name)})
        return test
    for name, series in (("node", "node_load1"), ("blackbox", "blackbox_exporter_build_info"), ("pushgateway", "pushgateway_build_info"),
                         ("process", "namedprocess_scrape_errors"), ("victoria", "vm_app_version"), ("nginx", "nginx_static"),
                         ("prometheus-2.42", "prometheus_build_info"), ("prometheus-3.14", "prometheus_build_info")):
        setattr(Recorded, f"test_exporter_{re.sub('[^a-z0-9]', '_', name)}", case(name, series))


def main():
    global PROGRAM
    PROGRAM = os.path.abspath(sys.argv[1])
    add_exporter_cases()
    result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(Recorded))
    for reason in SKIPPED:
        print(f"skipped: {reason}")
    bad = [case for case, _ in result.failures + result.errors]
    ran_badly = sum(isinstance(case, unittest.TestCase) for case in bad)  # the others are set-ups that failed
    print(f"{result.testsRun - ran_badly - len(result.skipped)} passed, {len(bad)} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
