#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds and runs every test, or the steps named as arguments, and ends with the sum: `N passed, N failed`.

    cmake/run-tests.py [STEP...]

Steps, in this order:
  lint         the lints' own tests, the lints, the layout by clang-format
  tidy         clang-tidy over all sources; only when it is named: it takes as long as a build
  gcc-release, gcc-debug, clang, asan-ubsan, wasm
               builds that preset; unit tests, recorded cases and scenarios with it, the main ones under 20 seeds too, or under SEEDS
  tsan         the tests of what has threads, by clang with the thread sanitizer
  command      the command of gcc-release as users run it: exit codes, messages, changed cases that must fail, and what
               the console blocks of the pages show
  live         the live command of gcc-release in real time on loopback, beside the real Prometheus (3.14 where Go is, Debian's), and
               the record command on real exporters
  digests      all builds made gave the same digests for cases, scenarios and seeds
  web          the visualizer: types, unit tests, the page with limits for its size, the page in Chromium, and the digests of all
               scenarios in Node, Chromium and Firefox; needs what gcc-release and wasm leave

Unit tests run optimised (gcc-release), under sanitizers (asan-ubsan, by clang) and as WebAssembly under Node; gcc-debug and clang
build the command only, for its digests. All but gcc-release compile each folder as one file (CMAKE_UNITY_BUILD), and file by file
when that fails: give helpers in one folder names of their own. Output goes to build/logs/STEP.log, and to the screen when a step fails.
"""
import concurrent.futures
import gzip
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
CASES = ROOT / "tests" / "conformance"
SCENARIOS = ROOT / "fixtures" / "scenarios"
CODE = ("core/", "sim/", "live/", "cli/", "wasm/", "tests/", "benchmarks/")
UNIT_TESTED = ("gcc-release", "asan-ubsan", "wasm")
BUILDS = ("gcc-release", "gcc-debug", "clang", "asan-ubsan", "wasm")
REFERENCE = "gcc-release"
THREADED = ("live_loop_tests", "live_http_tests")  # the targets of the preset tsan
SEEDS = os.environ.get("SEEDS", "20")  # of each main scenario in each build
WORKERS = os.cpu_count() or 1
NAMED_ONLY = ("tidy",)  # not part of a run without arguments
SECONDS_MAX = 1800  # of one command: a cold build on two busy cores takes two thirds of it

sys.path.insert(0, str(ROOT / "cmake" / "lint"))
sys.dont_write_bytecode = True


def cpu_seconds():
    """Of all commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Step:
    """Counts and log of one step."""

    def __init__(self, name):
        self.name, self.passed, self.failed, self.log, self.tables = name, 0, 0, [], []
        self.begin, self.cpu_begin = time.monotonic(), cpu_seconds()

    def run(self, command, **settings):
        """Runs a command to its end; its output goes to the log. Returns exit code and output."""
        command = [str(word) for word in command]
        try:
            done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=SECONDS_MAX, errors="replace", **settings)
            code, output = done.returncode, done.stdout
        except (subprocess.TimeoutExpired, OSError) as error:
            code, output = 1, f"{error}\n"
        self.log.append(f"$ {' '.join(command)}\n{output}" + (f"(exit code {code})\n" if code else ""))
        return code, output

    def check(self, command):
        """A command that is one case: it passes when it exits with 0."""
        code, _ = self.run(command)
        self.count(code == 0)
        return code == 0

    def count(self, passed, message=""):
        self.passed, self.failed = (self.passed + 1, self.failed) if passed else (self.passed, self.failed + 1)
        if message:
            self.log.append(message + "\n")

    def add(self, code, output, pattern):
        """Adds the counts that a runner printed. A runner that printed none, or failed without a failed case, is one failure."""
        found = re.findall(pattern, output)
        passed, failed = (int(found[-1][0]), int(found[-1][1])) if found else (0, 1)
        if code != 0 and failed == 0:
            failed = 1
        self.passed, self.failed = self.passed + passed, self.failed + failed

    def measure(self, code, output):
        """Adds a command that prints what it measured as a table, and judges it; the table is for the screen, too."""
        self.add(code, output, COUNTS)
        self.tables += [line for line in output.splitlines() if line.startswith("|")]

    def end(self):
        folder = BUILD / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        text = "\n".join(self.log)
        (folder / f"{self.name}.log").write_text(text)
        if self.failed:
            print("\n".join(text.splitlines()[-80:]))
        for line in self.tables:
            print(line)
        print(f"{self.name:12} {self.passed:6} passed {self.failed:4} failed {time.monotonic() - self.begin:6.0f} s"
              f" {cpu_seconds() - self.cpu_begin:6.0f} s of CPU", flush=True)


BOOST_REPORT = ["--report_format=XML", "--report_level=short", "--color_output=no"]
BOOST = r'<TestSuite name="stalemark"[^>]* test_cases_passed="(\d+)"[^>]* test_cases_failed="(\d+)"'
COUNTS = r"(\d+) passed, (\d+) failed"


def lint(step):
    step.add(*step.run([sys.executable, ROOT / "cmake/lint/run.py"]), COUNTS)
    step.check(["clang-format", "--dry-run", "-Werror", *sources((".cpp", ".h"), CODE)])


def tidy(step):
    if not step.check(["cmake", "--preset", "clang"]):
        return
    database = {entry["file"] for entry in json.loads((BUILD / "clang/compile_commands.json").read_text())}
    files = [path for path in sources((".cpp",), ("core/", "sim/", "cli/")) if str(ROOT / path) in database]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for _ in pool.map(lambda path: step.check(["clang-tidy", "--quiet", "-p", BUILD / "clang", path]), files):
            pass


def sources(endings, folders):
    from source import tree
    return [path for path in tree() if path.endswith(endings) and path.startswith(folders)]


def build(step, preset):
    if preset == "wasm" and not step.check([ROOT / "wasm/build-deps.sh"]):
        return
    if not step.check(["cmake", "--preset", preset]):
        return
    targets = [] if preset in UNIT_TESTED else ["--target", "stalemark"]
    if not compiled(step, preset, targets):
        return
    if preset in UNIT_TESTED:
        unit_tests(step, BUILD / preset)
    command = ["node", BUILD / preset / "stalemark.js"] if preset == "wasm" else [BUILD / preset / "stalemark"]
    recorded_cases(step, command, BUILD / preset)
    scenarios(step, command, BUILD / preset)
    seeds(step, command, BUILD / preset)
    if preset == "wasm":
        package(step)


def tsan(step):
    if step.check(["cmake", "--preset", "tsan"]) and compiled(step, "tsan", []):
        for name in THREADED:
            step.add(*step.run([BUILD / "tsan/tests" / name, *BOOST_REPORT]), BOOST)


def package(step):
    """The npm package under Node, with the digests of the reference build's command; prints the module's size."""
    module = BUILD / "wasm/package/stalemark.wasm"
    if not module.exists():
        step.count(False, f"{module} is not there")
        return
    size = len(gzip.compress(module.read_bytes(), 9)) / 1000
    step.log.append(f"stalemark.wasm: {module.stat().st_size / 1000:.0f} KB, {size:.0f} KB by gzip\n")
    code, output = step.run(["node", "--test", *sorted((ROOT / "tests/wasm").glob("*.test.mjs"))])
    counts = {word: int(number) for word, number in re.findall(r"^\S+ (pass|fail) (\d+)$", output, re.MULTILINE)}
    step.add(code, f"{counts.get('pass', 0)} passed, {counts.get('fail', 1)} failed", COUNTS)


def compiled(step, preset, targets):
    """Presets but gcc-release compile a folder as one file. Where that fails, file by file: two files may have a name in common."""
    command = ["cmake", "--build", "--preset", preset, *targets]
    if preset == REFERENCE or step.run(command)[0] == 0:
        return step.check(command)
    return step.check(["cmake", "--preset", preset, "-DCMAKE_UNITY_BUILD=OFF"]) and step.check(command)


def unit_tests(step, folder):
    """Every test binary that CTest knows, with its emulator; Boost.Test reports the cases."""
    listed = json.loads(subprocess.run(["ctest", "--test-dir", folder, "--show-only=json-v1"], check=True, capture_output=True).stdout)
    commands = [test["command"] + BOOST_REPORT for test in listed["tests"]]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for code, output in pool.map(step.run, commands):
            step.add(code, output, BOOST)


def recorded_cases(step, command, folder):
    step.add(*step.run([*command, "conformance", CASES, "--expected-failures", CASES / "expected_failures.txt",
                      "--digests", folder / "case-digests.txt"]), COUNTS)


def scenario_files():
    """Every scenario below fixtures/scenarios. Configurations and target documents, which have no name, are there too."""
    return sorted(path for path in SCENARIOS.glob("**/*.yml") if re.search(r"^name:", path.read_text(), re.MULTILINE))


def scenarios(step, command, folder):
    files = scenario_files()
    step.add(*step.run([*command, "test", *files]), COUNTS)
    lines = [f"{file.relative_to(SCENARIOS)} {step.run([*command, 'run', '--format', 'digest', file])[1]}" for file in files]
    (folder / "scenario-digests.txt").write_text("".join(lines))


def seeds(step, command, folder):
    """The main scenarios under seeds: invariants, equal pairs of runs, and digests for the comparison of builds."""
    files = sorted([*SCENARIOS.glob("*.yml"), *SCENARIOS.glob("*/scenario.yml")])
    step.add(*step.run([*command, "test", "--seeds", SEEDS, "--digests", folder / "seed-digests.txt", *files]), COUNTS)


def command(step):
    program = BUILD / REFERENCE / "stalemark"
    step.add(*step.run([sys.executable, ROOT / "tests/cli/command_test.py", program]), COUNTS)
    planted(step)
    step.add(*step.run([sys.executable, ROOT / "tests/docs/console_test.py"]), COUNTS)
    step.add(*step.run([sys.executable, ROOT / "tests/docs/scenario_schema_test.py", program]), COUNTS)
    step.add(*step.run([sys.executable, ROOT / "tests/docs/console.py", program]), COUNTS)


def live(step):
    """Some minutes, as real time is the subject; without peers what needs none."""
    step.run([ROOT / "tests/live/e2e/peer.sh"])
    for test in ("live_test.py", "fault_test.py", "record_test.py"):
        step.add(*step.run([sys.executable, ROOT / "tests/live/e2e" / test, BUILD / REFERENCE / "stalemark"]), COUNTS)


def planted(step):
    """A command whose choices hang on addresses: `--seeds` must find two runs of one seed that differ."""
    program = BUILD / REFERENCE / "tests" / "stalemark_planted"
    code, _ = step.run([program, "test", "--seeds", "20", SCENARIOS / "node_exporter"])
    step.count(code == 4, "" if code == 4 else f"the planted nondeterminism: exit code {code}, expected 4")


def digests(step):
    """One case for each build and kind: its digests are the reference build's, byte for byte."""
    for kind in ("case-digests.txt", "scenario-digests.txt", "seed-digests.txt"):
        expected = (BUILD / REFERENCE / kind).read_text().splitlines() if (BUILD / REFERENCE / kind).exists() else []
        for preset in BUILDS:
            path = BUILD / preset / kind
            if preset == REFERENCE or not path.exists():
                continue
            actual = path.read_text().splitlines()
            differing = [pair for pair in zip(expected, actual) if pair[0] != pair[1]]
            message = f"{preset} {kind}: {len(actual)} digests, {len(expected)} in {REFERENCE}, {len(differing)} differ"
            if differing:
                message += f"; the first:\n  {REFERENCE}: {differing[0][0]}\n  {preset}: {differing[0][1]}"
            step.count(bool(expected) and actual == expected, message)


def web(step):
    """The page, with the module of the wasm step and the digests of the reference build."""
    folder, node = ROOT / "web", ROOT / "web/scripts/with-node.sh"
    module, native = BUILD / "wasm/package/stalemark.wasm", BUILD / REFERENCE / "scenario-digests.txt"
    in_web = {"env": {**os.environ, "REPORT_JSON": str(BUILD / "web-results.json"), "CI": "1"}}
    script = lambda name, *words: step.run([node, "npm", "--prefix", folder, "run", "--silent", name, "--", *words], **in_web)
    step.count(module.exists() and native.exists(), f"{module} and {native} are there: {module.exists()}, {native.exists()}")
    if not step.check([node, "npm", "--prefix", folder, "ci", "--no-audit", "--no-fund", "--loglevel=error"]):
        return
    step.count(script("check")[0] == 0)
    code, output = script("test", "--reporter=json", "--outputFile", BUILD / "web-units.json")
    step.add(code, json_counts(BUILD / "web-units.json", "numPassedTests", "numFailedTests"), COUNTS)
    if script("build")[0] != 0:
        step.count(False, "the page was not built")
        return
    step.measure(*script("sizes"))
    code, output = script("e2e")
    step.add(code, playwright_counts(BUILD / "web-results.json"), COUNTS)
    step.add(*script("determinism", native, module), COUNTS)


def json_counts(path, passed, failed):
    report = json.loads(path.read_text()) if path.exists() else {}
    return f"{report.get(passed, 0)} passed, {report.get(failed, 1)} failed"


def playwright_counts(path):
    stats = json.loads(path.read_text())["stats"] if path.exists() else {"expected": 0, "unexpected": 1, "flaky": 0}
    return f"{stats['expected']} passed, {stats['unexpected'] + stats['flaky']} failed"


STEPS = {"lint": lint, "tidy": tidy, **{preset: lambda step, name=preset: build(step, name) for preset in BUILDS}, "tsan": tsan, "command": command,
         "live": live, "digests": digests,
         "web": web}


def main():
    names = sys.argv[1:] or [name for name in STEPS if name not in NAMED_ONLY]
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        sys.exit(f"unknown step: {', '.join(unknown)}\n\n{__doc__}")
    passed = failed = 0
    for name in names:
        step = Step(name)
        STEPS[name](step)
        step.end()
        passed, failed = passed + step.passed, failed + step.failed
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
