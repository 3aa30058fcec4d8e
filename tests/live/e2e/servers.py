# SPDX-License-Identifier: Apache-2.0
"""Processes and exporters of the end-to-end test: everything on loopback, on ports that the kernel chose, ended with the test."""
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
PEERS = ROOT / ".cache" / "peers"
SECONDS_MAX = 30  # until a process answers, or has ended


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(condition, what, seconds=SECONDS_MAX):
    """The first true value of the condition. Asked often: the subject is real time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def fetch(url, method="GET"):
    """Status and body; (0, reason) when nobody answers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


class Process:
    """A program whose output goes to a file."""

    def __init__(self, log, *command):
        self.log = log
        with open(log, "ab") as output:
            self.popen = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def stop(self, with_signal=signal.SIGTERM):
        """The exit code."""
        if self.popen.poll() is None:
            self.popen.send_signal(with_signal)
            try:
                self.popen.wait(SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        return self.popen.returncode

    def output(self):
        return pathlib.Path(self.log).read_text(errors="replace")


class Server(Process):
    """A server with Prometheus's HTTP API."""

    def __init__(self, name, log, port, *command):
        super().__init__(log, *command)
        self.name, self.url = name, f"http://127.0.0.1:{port}"

    def api(self, path, **parameters):
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        status, body = fetch(f"{self.url}/api/v1/{path}{query}")
        assert status == 200, f"{self.name} {path}: {status} {body}"
        return json.loads(body)["data"]

    def wait_until_ready(self):
        wait_for(lambda: fetch(self.url + "/-/ready")[0] == 200 or self.popen.poll() is not None, f"{self.name} is ready")
        assert self.popen.poll() is None, self.output()

    def health(self):
        """job -> health of its targets."""
        return {target["labels"]["job"]: target["health"] for target in self.api("targets")["activeTargets"]}


def prometheus_programs():
    """Those that are here: 3.14 as tests/live/e2e/peer.sh builds it, Debian's 2.42."""
    found = [("3.14", PEERS / "prometheus"), ("2.42", shutil.which("prometheus"))]
    return [(version, str(path)) for version, path in found if path and os.access(path, os.X_OK)]


class NodeExporter:
    """A real prometheus-node-exporter that can be killed and started again at the same port."""
    program = shutil.which("prometheus-node-exporter")

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.start()

    def start(self):
        # Collectors whose series hang on what runs at the moment would differ between two scrapes of any server.
        self.process = Process(self.folder / "node.log", self.program, f"--web.listen-address=127.0.0.1:{self.port}",
                               "--no-collector.systemd", "--no-collector.netclass", "--no-collector.thermal_zone")
        wait_for(lambda: fetch(f"http://127.0.0.1:{self.port}/")[0] == 200, "node_exporter answers")

    def kill(self):
        self.process.stop(signal.SIGKILL)


class OrdinalExporter:
    """What it answers depends on the ordinal of the request only: `answer(ordinal)` gives the page, or an exception's name for
    a connection that is closed, or a number of seconds to be silent."""

    def __init__(self, answer):
        self.count, lock = 0, threading.Lock()
        exporter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                with lock:
                    exporter.count += 1
                    ordinal = exporter.count
                reply = answer(ordinal)
                if isinstance(reply, float):
                    time.sleep(reply)
                    self.close_connection = True
                    return
                if reply is None:
                    self.close_connection = True
                    return
                status, body = reply
                content = body.encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class HostileExporter:
    """Answers on bare sockets, one request a connection: `answers` in turn, each a function that is given the connection. Only
    requests for /metrics count; others are answered by the same function again."""

    def __init__(self, answers):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.answers, self.count, self.ended = answers, 0, False
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while not self.ended:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            try:
                connection.settimeout(10)
                request = b""
                while b"\r\n\r\n" not in request:
                    received = connection.recv(65536)
                    if not received:
                        return
                    request += received
                with self.lock:
                    if request.startswith(b"GET /metrics "):
                        self.count += 1
                    answer = self.answers[(self.count - 1) % len(self.answers)]
                answer(connection)
            except OSError:
                pass

    def stop(self):
        self.ended = True
        self.listener.close()
