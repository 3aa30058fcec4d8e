#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`stalemark live` where the surroundings fail, beside the real Prometheus 3.14 where it is built; ends with `N passed, N failed`.

    tests/live/e2e/fault_test.py PROGRAM

TLS with an expired certificate, a name that vanishes, headers and bodies without end, HTTP/2 with client certificates by way of
nginx, and a fleet shared by two processes that write to a real receiver, victoria-metrics. What is not installed is skipped.
"""
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
from servers import ROOT, HostileExporter, OrdinalExporter, Process, Server, fetch, free_port, prometheus_programs, wait_for

PROGRAM = None
GUIDE = ROOT / "docs" / "guides" / "live.md"
RESIDENT_MAX = 300 << 20


def run(folder, *words):
    subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=60)


def make_certificates(folder):
    """An authority, and certificates of it: for the server, expired, and for a client."""
    run(folder, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "2")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    for name, days in (("server", "2"), ("expired", "-1"), ("client", "2")):
        run(folder, "openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        run(folder, "openssl", "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", days,
            "-extfile", "names", "-out", f"{name}.pem")


def expired_server(folder):
    """Shakes hands with an expired certificate; the listener, which ends it when it is closed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "expired.pem", folder / "expired.key")
    exporter = HostileExporter([None])

    def serve(connection):
        try:
            connection.settimeout(10)
            with context.wrap_socket(connection, server_side=True) as shaken:
                shaken.recv(1)
        except OSError:
            connection.close()
    exporter.serve = serve
    return exporter


def endless_headers(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")


def endless_body(connection):
    """A GB of comments."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1073741824\r\n\r\n")
    for _ in range(1 << 14):
        connection.sendall(b"# " + b"x" * 65533 + b"\n")


def resident_bytes(pid):
    return int(pathlib.Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) * 1024


class Faults(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="stalemark-fault-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.peer = dict(prometheus_programs()).get("3.14")

    def start(self, name, config, *before):
        """A server of that name; `before` are words in front of its command."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "prometheus.yml").write_text(config)
        port = free_port()
        command = ([PROGRAM, "live", folder / "prometheus.yml"] if name.startswith("stalemark") else
                   [self.peer, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"])
        server = Server(name, folder / "log", port, *before, *command, f"--web.listen-address=127.0.0.1:{port}")
        self.addCleanup(server.stop)
        server.wait_until_ready()
        return server

    def start_both(self, config, *before):
        names = ["stalemark"] + (["prometheus"] if self.peer else [])
        return [self.start(name, config, *before) for name in names]

    def await_health(self, server, job, health):
        wait_for(lambda: server.health().get(job) == health, f"{server.name}: {job} is {health}")

    def last_error(self, server, job):
        return next(target["lastError"] for target in server.api("targets")["activeTargets"] if target["labels"]["job"] == job)

    def stop(self, server):
        self.assertEqual(server.stop(), 0, server.output())

    def test_headers_and_bodies_without_end(self):
        exporters = {"headers": HostileExporter([endless_headers]), "body": HostileExporter([endless_body])}
        for exporter in exporters.values():
            self.addCleanup(exporter.stop)
        servers = self.start_both(f"""
global: {{scrape_interval: 1s, scrape_timeout: 900ms}}
scrape_configs:
- {{job_name: headers, static_configs: [{{targets: ['127.0.0.1:{exporters["headers"].port}']}}]}}
- {{job_name: body, body_size_limit: 1MB, static_configs: [{{targets: ['127.0.0.1:{exporters["body"].port}']}}]}}
""")
        for server in servers:
            for job in exporters:
                self.await_health(server, job, "down")
            self.assertRegex(self.last_error(server, "headers"), r"server response headers exceeded \d+ bytes; aborted|deadline exceeded")
            self.assertEqual(self.last_error(server, "body"), "body size limit exceeded")
        wait_for(lambda: exporters["body"].count >= 4 * len(servers), "several bodies were asked for")
        self.assertLess(resident_bytes(servers[0].popen.pid), RESIDENT_MAX)
        self.stop(servers[0])

    @unittest.skipIf(shutil.which("openssl") is None, "no openssl")
    def test_a_certificate_that_has_expired(self):
        make_certificates(self.folder)
        exporter = expired_server(self.folder)
        self.addCleanup(exporter.stop)
        servers = self.start_both(f"""
global: {{scrape_interval: 1s, scrape_timeout: 900ms}}
scrape_configs:
- {{job_name: expired, scheme: https, tls_config: {{ca_file: '{self.folder}/ca.pem'}}, static_configs: [{{targets: ['127.0.0.1:{exporter.port}']}}]}}
""")
        for server in servers:
            self.await_health(server, "expired", "down")
            self.assertIn("tls: failed to verify certificate: x509: certificate has expired or is not yet valid", self.last_error(server, "expired"))
        self.stop(servers[0])

    def test_a_name_that_vanishes_and_comes_back(self):
        hosts, services = self.folder / "hosts", self.folder / "nsswitch"
        hosts.write_text("127.0.0.1 localhost vanishing.test\n")
        # No name server is asked.
        services.write_text("hosts: files\n")
        enclosed = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user", "--user"]), "--mount", "sh", "-c",
                    f'mount --bind {hosts} /etc/hosts && mount --bind {services} /etc/nsswitch.conf && exec "$@"', "sh"]
        if subprocess.run([*enclosed, "true"], capture_output=True).returncode != 0:
            self.skipTest("no namespace of mounts may be made here")
        exporter = OrdinalExporter(lambda n: (200, f"m {n}\n"))
        self.addCleanup(exporter.stop)
        # Each request needs a connection of its own, and so the name.
        exporter.server.RequestHandlerClass.protocol_version = "HTTP/1.0"
        servers = self.start_both(f"""
global: {{scrape_interval: 1s, scrape_timeout: 900ms}}
scrape_configs: [{{job_name: named, static_configs: [{{targets: ['vanishing.test:{exporter.port}']}}]}}]
""", *enclosed)
        for server in servers:
            self.await_health(server, "named", "up")
        # In place: the file that is mounted is the inode.
        hosts.write_text("127.0.0.1 localhost\n")
        for server in servers:
            self.await_health(server, "named", "down")
            self.assertRegex(self.last_error(server, "named"), r'dial tcp: lookup vanishing\.test.*: no such host')
        hosts.write_text("127.0.0.1 localhost vanishing.test\n")
        for server in servers:
            self.await_health(server, "named", "up")
        self.stop(servers[0])

    @unittest.skipIf(shutil.which("nginx") is None or shutil.which("openssl") is None, "no nginx or no openssl")
    def test_http_2_and_client_certificates_by_way_of_nginx(self):
        make_certificates(self.folder)
        folder, port = self.folder, free_port()
        (folder / "metrics").write_text("m 1\n")
        temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(f"""
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; {"user root;" if os.geteuid() == 0 else ""}
events {{}}
http {{
  {temporary}
  log_format kept '$http_user_agent $server_protocol $ssl_client_s_dn $status';
  access_log {folder}/access.log kept;
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
    ssl_client_certificate {folder}/ca.pem; ssl_verify_client on;
    location = /metrics {{ default_type text/plain; alias {folder}/metrics; }}
  }}
}}
""")
        nginx = Process(folder / "nginx.out", "nginx", "-p", folder, "-c", folder / "nginx.conf")
        self.addCleanup(nginx.stop)
        wait_for(lambda: (folder / "nginx.pid").exists() or nginx.popen.poll() is not None, "nginx runs")
        target = f"static_configs: [{{targets: ['127.0.0.1:{port}']}}]"
        certificate = f"cert_file: '{folder}/client.pem', key_file: '{folder}/client.key'"
        servers = self.start_both(f"""
global: {{scrape_interval: 1s, scrape_timeout: 900ms}}
scrape_configs:
- {{job_name: http2, scheme: https, tls_config: {{ca_file: '{folder}/ca.pem', {certificate}}}, {target}}}
- {{job_name: http1, scheme: https, enable_http2: false, tls_config: {{ca_file: '{folder}/ca.pem', {certificate}}}, {target}}}
- {{job_name: nobody, scheme: https, tls_config: {{ca_file: '{folder}/ca.pem'}}, {target}}}
""")
        for server in servers:
            self.await_health(server, "http2", "up")
            self.await_health(server, "http1", "up")
            self.await_health(server, "nobody", "down")
            self.assertIn("server returned HTTP status 400 Bad Request", self.last_error(server, "nobody"))
        log = (folder / "access.log").read_text()
        for line in ("Prometheus/3.14.0 HTTP/2.0 CN=client 200", "Prometheus/3.14.0 HTTP/1.1 CN=client 200"):
            self.assertIn(line, log)
        self.stop(servers[0])

    @unittest.skipIf(shutil.which("victoria-metrics") is None, "no victoria-metrics")
    def test_two_processes_share_a_fleet_and_write_to_a_real_receiver(self):
        port = free_port()
        receiver = Process(self.folder / "receiver.log", "victoria-metrics", f"-storageDataPath={self.folder}/data",
                           f"-httpListenAddr=127.0.0.1:{port}", "-search.latencyOffset=0s", "-retentionPeriod=1")
        self.addCleanup(receiver.stop)
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: fetch(url + "/health")[0] == 200, "the receiver runs")
        targets = []
        for _ in range(8):
            exporter = OrdinalExporter(lambda n: (200, f"m {n}\n"))
            self.addCleanup(exporter.stop)
            targets.append(f"127.0.0.1:{exporter.port}")
        # As the guide has it.
        shard = re.search(r"## Past one core.*?```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL).group(1)
        self.assertIn("modulus: 2", shard)
        processes = []
        for number in ("0", "1"):
            rules = shard.replace("regex: '0'", f"regex: '{number}'").replace("process: '0'", f"process: '{number}'")
            rules = rules.replace("http://receiver:8428", url).replace("targets/*.json", f"{self.folder}/targets.json")
            processes.append((f"stalemark-{number}", "global:\n  scrape_interval: 1s\n" + rules.replace("global:\n", "")))
        (self.folder / "targets.json").write_text(json.dumps([{"targets": targets}]))
        servers = [self.start(*process) for process in processes]

        def instances():
            """instance -> the processes that wrote it."""
            status, body = fetch(url + "/api/v1/query?query=m")
            found = {}
            for item in json.loads(body)["data"]["result"] if status == 200 else []:
                found.setdefault(item["metric"]["instance"], []).append(item["metric"]["process"])
            return found
        wait_for(lambda: len(instances()) == len(targets), "all targets are with the receiver")
        found = instances()
        self.assertEqual(sorted(found), sorted(targets))
        for instance, by in found.items():
            self.assertEqual(len(by), 1, instance)
        shares = [len(server.api("targets")["activeTargets"]) for server in servers]
        self.assertEqual(sum(shares), len(targets), shares)
        for server in servers:
            self.stop(server)


def main():
    global PROGRAM
    PROGRAM = os.path.abspath(sys.argv[1])
    result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(Faults))
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
