#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`stalemark live` beside Prometheus 3.14 and vmagent on loopback: CPU time per sample and memory, as a table.

    benchmarks/live/compare.py PROGRAM EXPORTER [--seconds 60] [--only NAME,...] [--case identity|gzip|fleet] [--io-threads N]

All servers of a case run at once, each on an exporter process of its own (exporter.cpp), so that whatever else the machine does
hits all of them. CPU time is user and system time of the server's process over the steady part, after a warm-up. Samples are
what the exporters answered in that part. Prometheus is the one that tests/live/e2e/peer.sh builds; vmagent is Debian's, of the
package victoria-metrics. What is not there has no row.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "live" / "e2e"))
sys.dont_write_bytecode = True
from servers import PEERS, Process, free_port, wait_for  # noqa: E402

REPORT_SERIES = 5
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Case:
    """So many targets of so many series, at an interval."""

    def __init__(self, name, targets, series, interval, encoding, goals, only=None):
        self.name, self.targets, self.series, self.interval = name, targets, series, interval
        self.encoding, self.goals, self.only = encoding, goals, only


# The goals: CPU per sample and memory per active series, as shares of Prometheus's.
CASES = [Case("identity", 20, 10_400, 1, "identity", (1 / 8, 1 / 3)),
         Case("gzip", 20, 10_400, 1, "gzip", (1 / 4, 1 / 3)),
         Case("fleet", 5_000, 100, 15, "identity", None, only=["stalemark live"])]


class Exporter:
    def __init__(self, program, case):
        words = [program, case.targets, case.series, case.interval * 1000, case.encoding]
        self.process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True)
        self.control, *self.ports = (int(word) for word in self.process.stdout.readline().split())

    def scrapes(self):
        """For each target: requests, missed ticks, the largest gap in ms."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.control}/", timeout=30) as answer:
            return [tuple(map(int, line.split())) for line in answer.read().decode().splitlines()]

    def stop(self):
        self.process.kill()
        self.process.wait()


def cpu_seconds(stat):
    """User and system time of a process or thread."""
    fields = pathlib.Path(stat).read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def commands(program, io_threads):
    """name -> its command, where it is here. Each word may name {config}, {port}, {folder} and {control}."""
    found = {"stalemark live": [program, "live", "{config}", "--web.listen-address=127.0.0.1:{port}"]}
    if io_threads is not None:
        found["stalemark live"].append(f"--io-threads={io_threads}")
    if os.access(PEERS / "prometheus", os.X_OK):
        found["Prometheus 3.14"] = [PEERS / "prometheus", "--config.file={config}", "--web.listen-address=127.0.0.1:{port}",
                                    "--storage.tsdb.path={folder}/data"]
    if shutil.which("vmagent"):
        found["vmagent 1.79"] = ["vmagent", "-promscrape.config={config}", "-httpListenAddr=127.0.0.1:{port}",
                                 "-remoteWrite.url=http://127.0.0.1:{control}/", "-remoteWrite.tmpDataPath={folder}/data"]
    return found


class Server:
    """One server, and the exporter that it scrapes."""

    def __init__(self, name, command, case, exporter_program, folder):
        self.name, self.case = name, case
        self.exporter = Exporter(exporter_program, case)
        folder.mkdir()
        (folder / "targets.json").write_text(json.dumps([{"targets": [f"127.0.0.1:{port}" for port in self.exporter.ports]}]))
        (folder / "prometheus.yml").write_text(
            f"global: {{scrape_interval: {case.interval}s, scrape_timeout: {case.interval}s}}\n"
            f"scrape_configs: [{{job_name: bench, file_sd_configs: [{{files: ['{folder}/targets.json']}}]}}]\n")
        values = {"config": folder / "prometheus.yml", "port": free_port(), "folder": folder, "control": self.exporter.control}
        self.process = Process(folder / "log", *(str(word).format(**values) for word in command))

    def stop(self):
        self.process.stop()
        self.exporter.stop()

    def look(self):
        pid = self.process.popen.pid
        return cpu_seconds(f"/proc/{pid}/stat"), cpu_seconds(f"/proc/{pid}/task/{pid}/stat"), self.exporter.scrapes()

    def warmed_up(self):
        assert self.process.popen.poll() is None, self.process.output()
        return min(requests for requests, _, _ in self.exporter.scrapes()) >= (3 if self.case.interval < 5 else 1)

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.process.popen.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024


def measure(server, begin, end):
    """What happened between two looks."""
    case = server.case
    (cpu_before, first_before, before), (cpu_after, first_after, after) = begin, end
    requests = [b[0] - a[0] for a, b in zip(before, after)]
    memory = server.resident_bytes()
    samples = sum(requests) * case.series
    return {"cpu": (cpu_after - cpu_before) / samples * 1e6,
            "first_thread": (first_after - first_before) / samples * 1e6, "memory": memory, "scrapes": sum(requests),
            "per_series": memory / (case.targets * (case.series + REPORT_SERIES)),
            "missed": sum(b[1] - a[1] for a, b in zip(before, after)), "fewest": min(requests), "most": max(requests),
            "largest_gap_ms": max(target[2] for target in after)}


def run(case, arguments):
    chosen = {name: command for name, command in commands(arguments.program, arguments.io_threads).items()
              if (case.only is None or name in case.only) and (arguments.only is None or name in arguments.only)}
    servers = []
    with tempfile.TemporaryDirectory(prefix="stalemark-bench-") as folder:
        try:
            for number, (name, command) in enumerate(chosen.items()):
                servers.append(Server(name, command, case, arguments.exporter, pathlib.Path(folder) / str(number)))
            for server in servers:
                wait_for(server.warmed_up, f"{server.name} scrapes all targets", 60 + 3 * case.interval)
            time.sleep(2)
            load = os.getloadavg()[0]
            begin = [server.look() for server in servers]
            time.sleep(arguments.seconds)
            end = [server.look() for server in servers]
            load = (load + os.getloadavg()[0]) / 2
            return {server.name: measure(server, *looks) for server, *looks in zip(servers, begin, end)}, load
        finally:
            for server in servers:
                server.stop()


def show(case, results, load, seconds):
    print(f"\n{case.targets:,} targets of {case.series:,} series, every {case.interval} s, {case.encoding}, {seconds} s; "
          f"load {load:.1f} on {os.cpu_count()} cores\n")
    print("| server | CPU per sample | resident memory | per active series | scrapes | missed ticks |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, row in results.items():
        print(f"| {name} | {row['cpu']:.3f} us | {row['memory'] / 1e6:.0f} MB | {row['per_series']:.0f} B | {row['scrapes']:,} "
              f"| {row['missed']} |")
    if "stalemark live" in results:
        print(f"\nof stalemark live's CPU the engine's thread has {results['stalemark live']['first_thread']:.3f} us a sample")
    ours, theirs = results.get("stalemark live"), results.get("Prometheus 3.14")
    if case.goals and ours and theirs:
        for what, field, goal in (("CPU", "cpu", case.goals[0]), ("memory per series", "per_series", case.goals[1])):
            ratio = theirs[field] / ours[field]
            print(f"\n{what}: 1/{ratio:.1f} of Prometheus's, goal 1/{1 / goal:.0f}: {'reached' if ratio >= 1 / goal else 'missed'}", end="")
        print()
    if case.only and ours:
        print(f"\neach target was scraped {ours['fewest']} to {ours['most']} times, the largest gap was {ours['largest_gap_ms'] / 1000:.3f} s")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("program")
    parser.add_argument("exporter")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--only", type=lambda names: names.split(","))
    parser.add_argument("--case", choices=[case.name for case in CASES])
    parser.add_argument("--io-threads", type=int, help="of stalemark live")
    arguments = parser.parse_args()
    for case in CASES:
        if arguments.case in (None, case.name):
            results, load = run(case, arguments)
            show(case, results, load, arguments.seconds)


if __name__ == "__main__":
    main()
