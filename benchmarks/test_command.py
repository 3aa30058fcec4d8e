#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures `stalemark test` as whole processes: one small scenario, and a folder of generated ones. Every run must pass.

    benchmarks/test_command.py [PROGRAM [COUNT]]

CPU time is user and system time of the process, real time what a person waits. Each number is the median of several runs.
"""
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
SMALL = ROOT / "fixtures" / "scenarios" / "sample-limit.yml"
NODE_EXPORTER = ROOT / "fixtures" / "scenarios" / "node_exporter" / "scenario.yml"

# A job with relabelling and a fault; what differs from file to file moves offsets, values and the length of the run.
SCENARIO = """name: generated {i}
duration: {minutes}m
prometheus:
  hostname: prom-{i}
  config:
    global: {{scrape_interval: 15s}}
    scrape_configs:
      - job_name: app
        static_configs: [{{targets: ['app-{i}:8080']}}]
        metric_relabel_configs:
          - {{source_labels: [__name__], regex: 'go_.*', action: drop}}
exporters:
  app-{i}:8080:
    series:
      - {{series: 'requests_total{{code="200"}}', values: '{i}+5x100'}}
      - {{series: 'go_threads', values: '7x100'}}
events:
  - {{at: 70s, exporter: 'app-{i}:8080', fault: refuse, for: 20s}}
expect:
  targets:
    active: [{{pool: app, labels: {{instance: 'app-{i}:8080', job: app}}, health: up}}]
"""


def run(arguments):
    """CPU and real time of a process, in ms."""
    begin = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    real = (time.perf_counter() - begin) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{arguments} ended with {process.returncode}:\n{output}")
    return (usage.ru_utime + usage.ru_stime) * 1000, real, output


def measure(title, arguments, times, passed=None):
    runs = [run(arguments) for _ in range(times)]
    if passed is not None and not re.search(rf"^{passed} passed, 0 failed", runs[-1][2], re.MULTILINE):
        sys.exit(f"{arguments} did not pass {passed} scenarios:\n{runs[-1][2][-500:]}")
    cpu, real = (statistics.median(each[i] for each in runs) for i in (0, 1))
    print(f"| {title} | {cpu:.1f} ms | {real:.1f} ms |")


def main():
    if len(sys.argv) > 3:
        sys.exit(__doc__)
    program = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/gcc-release/stalemark").resolve()
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    print("| whole process | CPU | real |\n| --- | --- | --- |")
    measure("`--version`: loading the program", [program, "--version"], 50)
    measure("one small scenario", [program, "test", SMALL], 50, 1)
    measure("node_exporter, 12,000 samples", [program, "test", NODE_EXPORTER], 10, 1)
    with tempfile.TemporaryDirectory() as folder:
        for i in range(count):
            text = SCENARIO.format(i=i, minutes=2 + i % 4)
            pathlib.Path(folder, f"{i:05}.yml").write_text(text)
        measure(f"{count} small scenarios, --jobs 1", [program, "test", folder, "--jobs", "1"], 5, count)
        measure(f"{count} small scenarios, --jobs 2", [program, "test", folder, "--jobs", "2"], 5, count)


if __name__ == "__main__":
    main()
