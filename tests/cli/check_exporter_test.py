# SPDX-License-Identifier: Apache-2.0
"""`stalemark check URL` and `--metrics`: exporters with scripted answers on loopback, and saved pages. Run by command_test.py."""
import gzip
import http.server
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
import unittest

from command_case import CommandTest

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
GOOD = "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"1\"} 1\n"
GOOD_OPENMETRICS = "# HELP a A.\n# TYPE a counter\na_total{x=\"1\"} 1\n# EOF\n"


class Exporter:
    """Answers GET with `answer(request, ordinal)`: (status, headers, body), compressed when asked for."""

    def __init__(self, test, answer, certificate=None):
        self.requests = []
        exporter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                exporter.requests.append(dict(self.headers))
                status, headers, body = answer(self, len(exporter.requests))
                data = body.encode() if isinstance(body, str) else body
                if "gzip" in self.headers.get("Accept-Encoding", "") and status == 200 and "Content-Encoding" not in headers:
                    data, headers = gzip.compress(data), {**headers, "Content-Encoding": "gzip"}
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.address = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http{'s' if certificate else ''}://{self.address}/metrics"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        test.addCleanup(self.stop)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def page(body, content_type=TEXT):
    return lambda request, ordinal: (200, {"Content-Type": content_type}, body)


def negotiated(request, ordinal):
    accept = request.headers.get("Accept", "")
    for version in ("1.0.0", "0.0.1"):
        if f"openmetrics-text;version={version}" in accept:
            return 200, {"Content-Type": OPENMETRICS.replace("1.0.0", version)}, GOOD_OPENMETRICS
    return 200, {"Content-Type": TEXT}, GOOD


def escaped(request, ordinal):
    """One name, escaped as asked for; without a word about it by underscores."""
    accept = request.headers.get("Accept", "")
    scheme = accept.split("escaping=")[1].split(";")[0].split(",")[0] if "escaping=" in accept else "underscores"
    version = "1.0.0" if "text/plain;version=1.0.0" in accept else "0.0.4"
    name = {"allow-utf-8": '{"a.b"}', "underscores": "a_b", "dots": "a_dot_b", "values": "U__a_2e_b"}[scheme]
    help_name = '"a.b"' if scheme == "allow-utf-8" else name
    return 200, {"Content-Type": TEXT.replace("0.0.4", version) + f"; escaping={scheme}"}, f"# HELP {help_name} A.\n{name} 1\n"


class CheckUrl(CommandTest):
    QUICK = ("--interval", "10ms")

    def exporter(self, answer, **settings):
        return Exporter(self, answer, **settings)

    def report(self, code, exporter, *options):
        done = self.check(code, "check", exporter.url, *self.QUICK, "--format", "json", *options)
        return json.loads(done.stdout)

    def kinds(self, code, answer, *options):
        report = self.report(code, self.exporter(answer), *options)
        return sorted({finding["kind"] for finding in report["findings"] if finding["kind"] != "lint"})

    def test_a_good_exporter_passes_and_each_protocol_was_asked(self):
        exporter = self.exporter(negotiated)
        done = self.check(0, "check", exporter.url, *self.QUICK, out="nothing found")
        self.assertIn("9 requests: 3 scrapes 10ms apart", done.stdout)
        self.assertEqual(len(exporter.requests), 9)
        accepts = [request["Accept"] for request in exporter.requests]
        self.assertEqual(accepts[0], accepts[7])
        self.assertEqual(accepts[0], "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                         "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                         "text/plain;version=0.0.4;q=0.3,*/*;q=0.2")
        self.assertTrue(accepts[1].startswith("application/vnd.google.protobuf"))
        self.assertEqual([request["Accept-Encoding"] for request in exporter.requests].count("identity"), 1)
        for line in ("scrape 1              OpenMetrics 1.0.0", "PrometheusText0.0.4   text 0.0.4", "text 0.0.4: " + TEXT,
                     "sample_limit: 1", f'  a_total{{instance="{exporter.address}",job="exporter",x="1"}}'):
            self.assertIn(line, done.stdout)
        for line in done.stdout.splitlines():
            self.assertLessEqual(len(line), 80, line)

    def test_what_fails_a_scrape_ends_with_1(self):
        self.assertEqual(self.kinds(1, page("a 1\nb{x=\"1\" 2\n")), ["parse"])
        self.assertEqual(self.kinds(1, page("a 1\n", "text/html")), ["content_type"])
        self.assertEqual(self.kinds(1, lambda *_: (200, {}, "a 1\n")), ["content_type"])
        self.assertEqual(self.kinds(1, page("a 1\n", OPENMETRICS)), ["parse"])
        self.assertEqual(self.kinds(1, lambda *_: (404, {"Content-Type": TEXT}, "gone")), ["request_failed"])
        self.assertEqual(self.kinds(1, lambda *_: (200, {"Content-Type": TEXT, "Content-Encoding": "gzip"}, "no gzip")),
                         ["request_failed"])

    def test_an_error_has_its_place_and_its_line(self):
        exporter = self.exporter(page("a 1\nb{x=\"1\" 2\n"))
        self.check(1, "check", exporter.url, *self.QUICK,
                   out='scrape 1:2:9: error: expected label name, got "2" ("INVALID") while parsing: "b{x=\\"1\\" 2" (8 more times) '
                       '[parse]\n    b{x="1" 2\n            ^\n')

    def test_nobody_is_asked_once(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}/metrics"
            self.check(1, "check", url, out="connect: connection refused [request_failed]")

    def test_an_exporter_that_hangs_costs_one_timeout(self):
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            start = time.monotonic()
            self.check(1, "check", f"http://127.0.0.1:{listening.getsockname()[1]}/", "--timeout", "200ms", out="context deadline exceeded")
            self.assertLess(time.monotonic() - start, 10)

    def test_findings_end_with_3(self):
        self.assertEqual(self.kinds(3, page(GOOD + GOOD.split("\n")[2] + "\n")), ["duplicate_series"])
        self.assertEqual(self.kinds(3, page("")), ["no_samples"])
        self.assertEqual(self.kinds(3, lambda request, ordinal: page(GOOD.replace("} 1", f"}} {20 - ordinal}"))(request, ordinal)),
                         ["counter_fell"])
        self.assertEqual(self.kinds(3, lambda request, ordinal: page(GOOD if ordinal < 9 else GOOD.replace("1\"", "2\""))(request, ordinal)),
                         ["series_appeared", "series_vanished"])
        self.assertEqual(self.kinds(3, page(GOOD.replace("} 1\n", "} 1 1000\n"))),
                         ["explicit_timestamps", "sample_refused", "timestamp_in_past", "timestamp_stands_still"])

    def test_protocols_that_give_different_series(self):
        def answer(request, ordinal):
            status, headers, body = negotiated(request, ordinal)
            return status, headers, body.replace("a_total", "a") if headers["Content-Type"] == TEXT else body
        report = self.report(3, self.exporter(answer))
        found = [finding for finding in report["findings"] if finding["kind"] == "protocol_series"]
        self.assertEqual({finding["subject"] for finding in found}, {'a{x="1"}', 'a_total{x="1"}'})

    def test_redirects_are_followed_and_counted(self):
        def answer(request, ordinal):
            if request.path == "/metrics":
                return 302, {"Location": "/m"}, ""
            return negotiated(request, ordinal)
        exporter = self.exporter(answer)
        self.check(0, "check", exporter.url, *self.QUICK, out="redirected 1 time")

    def test_names_that_need_escaping_are_asked_for_in_each_scheme(self):
        exporter = self.exporter(escaped)
        report = self.report(3, exporter)
        self.assertEqual([answer["name"] for answer in report["answers"]][-3:], ["underscores", "dots", "values"])
        # Old protocols cannot ask for the name as it is: another series.
        self.assertEqual({(finding["kind"], finding["answer"]) for finding in report["findings"]},
                         {("protocol_series", name) for name in ("PrometheusProto", "OpenMetricsText0.0.1", "PrometheusText0.0.4")})
        self.assertEqual(self.kinds(3, page('# HELP "a.b" A.\n{"a.b"} 1\n')), ["negotiation"])

    def test_a_huge_body_is_bounded(self):
        bomb = gzip.compress(b"a" * (200 << 20), 1)
        exporter = self.exporter(lambda *_: (200, {"Content-Type": TEXT, "Content-Encoding": "gzip"}, bomb))
        self.check(1, "check", exporter.url, "--scrapes", "1", out="the body is larger than 134217728 bytes, more than check reads")

    def test_options_of_a_job(self):
        exporter = self.exporter(negotiated)
        self.write("secret", "s3cret")
        self.write("prometheus.yml", "scrape_configs:\n"
                   "- {job_name: other}\n"
                   "- job_name: app\n  sample_limit: 1\n  basic_auth: {username: u, password_file: secret}\n"
                   "  scrape_protocols: [PrometheusText0.0.4]\n"
                   f"  static_configs: [{{targets: ['{exporter.address}'], labels: {{env: prod}}}}]\n"
                   "  metric_relabel_configs: [{regex: x, action: labeldrop}]\n")
        report = self.report(0, exporter, "--config", "prometheus.yml", "--job", "app")
        self.assertEqual(report["stored"]["target"], {"env": "prod", "instance": exporter.address, "job": "app"})
        self.assertEqual(report["stored"]["series"], [{"__name__": "a_total", "env": "prod", "instance": exporter.address, "job": "app"}])
        self.assertEqual(exporter.requests[0]["Authorization"], "Basic dTpzM2NyZXQ=")
        self.assertEqual(report["answers"][0]["format"], "text 0.0.4")
        self.check(2, "check", exporter.url, "--config", "prometheus.yml", err="has 2 jobs, --job says which: other, app")
        self.check(2, "check", exporter.url, "--config", "prometheus.yml", "--job", "ap", err='(did you mean "app"?)')

    @unittest.skipUnless(shutil.which("openssl"), "openssl makes the certificate")
    def test_a_refused_configuration_names_its_place(self):
        self.write("prometheus.yml", "scrape_configs:\n- job_name: app\n  authorisation: {}\n")
        self.check(1, "check", "http://127.0.0.1:1/metrics", "--config", "prometheus.yml",
                   err='prometheus.yml:3:3: field authorisation not found in type config.ScrapeConfig (did you mean "authorization"?)')

    def test_tls_of_a_job(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=e", "-addext",
                        "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"],
                       cwd=self.folder, check=True, capture_output=True)
        exporter = self.exporter(negotiated, certificate=(self.folder / "cert.pem", self.folder / "key.pem"))
        self.check(1, "check", exporter.url, *self.QUICK, out="tls: failed to verify certificate")
        self.write("prometheus.yml", "scrape_configs: [{job_name: app, scheme: https, tls_config: {ca_file: cert.pem}}]")
        self.check(0, "check", exporter.url, *self.QUICK, "--config", "prometheus.yml", out="nothing found")

    def test_a_password_in_the_url_is_not_shown(self):
        exporter = self.exporter(negotiated)
        done = self.check(0, "check", exporter.url.replace("//", "//u:s3cret@"), *self.QUICK)
        self.assertNotIn("s3cret", done.stdout + done.stderr)
        self.assertEqual(exporter.requests[0]["Authorization"], "Basic dTpzM2NyZXQ=")


class CheckPages(CommandTest):
    """`--metrics`: saved pages, nothing is asked."""

    def test_several_pages_are_several_scrapes(self):
        self.write("1.prom", GOOD.replace("} 1", "} 5"))
        self.write("2.prom", GOOD.replace("} 1", "} 3"))
        done = self.check(3, "check", "--metrics", "1.prom", "2.prom", out='2.prom:3:1: warning: a_total{x="1"}: it fell from 5 to 3')
        self.assertIn("1 finding\n", done.stdout)
        self.check(0, "check", "--metrics", "2.prom", out="nothing found")

    def test_the_format_by_name_content_and_option(self):
        self.write("page.om", GOOD_OPENMETRICS)
        self.write("page", GOOD_OPENMETRICS)
        self.write("cut.om", GOOD)
        self.check(0, "check", "--metrics", "page.om", out="OpenMetrics 1.0.0")
        self.check(0, "check", "--metrics", "page", out="OpenMetrics 1.0.0")
        self.check(1, "check", "--metrics", "cut.om", out="cut.om:3:17: error: data does not end with # EOF [parse]")
        self.check(0, "check", "--metrics", "cut.om", "--content-type", "text/plain")

    def test_standard_input(self):
        done = subprocess.run([str(self.program), "check", "--metrics", "-"], input=GOOD, capture_output=True, encoding="utf-8", timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_annotations(self):
        self.write("bad.prom", "a{x=\"1\" 1\n")
        self.check(1, "check", "--metrics", "bad.prom", "--github", out="::error file=bad.prom,line=1,col=9,title=parse::error: expected label name")

    def test_usage(self):
        self.write("a.prom", GOOD)
        for arguments, message in ((("http://a/", "http://b/"), "takes one URL"), (("http://a/", "--effective"), "are for a CONFIG"),
                                   (("http://a/", "--metrics", "a.prom"), "not both"), (("a.yml", "--scrapes", "2"), "need a URL or --metrics"),
                                   (("http://a:x/",), "invalid port"), (("http://a/", "--interval", "0"), "--interval"),
                                   (("http://a/", "--scrapes", "0"), "--scrapes"), (("http://a/", "--format", "yaml"), "text or json"),
                                   (("a.yml", "--effective", "--format", "text"), "yaml or json")):
            with self.subTest(arguments):
                self.check(2, "check", *arguments, err=message)
        self.check(1, "check", "--metrics", "none.prom", err="no such file")
