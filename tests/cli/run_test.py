# SPDX-License-Identifier: Apache-2.0
"""`stalemark run`: its formats hold what they promise, for every scenario of the repository."""
import collections
import json
import re
import shutil
import unittest

from command_case import ROOT, SCENARIO, CommandTest

SCENARIOS = sorted(path for path in (ROOT / "fixtures" / "scenarios").rglob("*.yml")
                   if re.search(r"^prometheus:", path.read_text(), re.MULTILINE))
UP = 'up{instance="app-1:8080",job="app"}'


def documented_fields():
    """docs/formats/trace.md: event -> its fields, in order."""
    fields = {}
    for line in (ROOT / "docs" / "formats" / "trace.md").read_text().splitlines():
        row = re.match(r"\| \d+[^|]*\| `(\w+)` \| (.*) \|$", line)
        if row:
            fields[row[1]] = [re.sub(r" labels$| \w+$", "", field.strip()).split(" ")[0] for field in row[2].split(",")]
    return fields


class RunFormats(CommandTest):
    def output(self, path, form):
        done = self.run_command("run", path, "--format", form)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_the_expect_block_has_pools_that_could_not_be_created(self):
        text = ("name: n\nduration: 30s\nprometheus: {config: {global: {scrape_interval: 15s}, scrape_configs: [{job_name: app, static_configs: "
                "[{targets: ['a:80']}], tls_config: {ca_file: ca.pem}}]}}\nexporters: {'a:80': {responses: [{body: ''}]}}\n")
        path = self.write("s.yml", text)
        self.check(1, "test", path, out="app: the pool could not be created: error creating HTTP client: unable to read CA cert")
        block = self.check(1, "run", path, "--format", "expect").stdout
        self.assertIn("  pool_errors:\n    app: 'error creating HTTP client: unable to read CA cert", block)
        self.check(0, "test", self.write("t.yml", text + block))

    def test_json_has_every_event_with_its_documented_fields(self):
        documented, seen = documented_fields(), set()
        self.assertGreater(len(documented), 20)
        for path in SCENARIOS:
            with self.subTest(path.name):
                last_ns = 0
                for line in self.output(path, "json").splitlines():
                    event = json.loads(line)
                    self.assertEqual(list(event)[:2], ["at_ns", "event"])
                    self.assertGreaterEqual(event["at_ns"], last_ns)
                    last_ns = event["at_ns"]
                    fields = [name for name in event if name not in ("at_ns", "event", "value")]
                    self.assertEqual(fields, documented[event["event"]])
                    seen.add(event["event"])
        self.assertLessEqual({"ConfigApplied", "LoopStarted", "ScrapeStarted", "RequestSent", "SampleAppended", "ScrapeFinished",
                              "TransactionEnded", "ParseFailed", "ScenarioEvent"}, seen)

    def test_json_values_are_exact(self):
        appended = [event for event in map(json.loads, self.output(SCENARIO, "json").splitlines())
                    if event["event"] == "SampleAppended" and event["labels"]["__name__"] == "up"]
        self.assertEqual([(event["value"], event["value_bits"]) for event in appended[:3]],
                         [("1", "3ff0000000000000")] * 3)
        self.assertEqual((appended[0]["origin"], appended[0]["verdict"]), ("report", "ok"))

    def test_chrome_traces_nest_and_name_their_tracks(self):
        for path in SCENARIOS:
            with self.subTest(path.name):
                trace = json.loads(self.output(path, "chrome"))
                self.assertEqual(trace["displayTimeUnit"], "ms")
                processes, threads, spans = {}, {}, collections.defaultdict(list)
                for event in trace["traceEvents"]:
                    track = event["pid"], event["tid"]
                    self.assertIsInstance(event["args"], dict)
                    if event["ph"] == "M":
                        names = processes if event["name"] == "process_name" else threads
                        if event["name"].endswith("_name"):
                            names[track[0] if names is processes else track] = event["args"]["name"]
                    elif event["ph"] == "X":
                        spans[track].append((event["ts"], event["ts"] + event["dur"], event["name"]))
                    elif event["ph"] == "i":
                        self.assertIn(event["s"], ("g", "t"))
                    else:
                        self.assertEqual(event["ph"], "C")
                        self.assertTrue(all(isinstance(value, int) for value in event["args"].values()))
                    if event["ph"] != "M":
                        self.assertGreaterEqual(event["ts"], 0)
                        self.assertIn(track[0], processes)
                        self.assertIn(track, threads)
                self.assertEqual(len({(track[0], name) for track, name in threads.items()}), len(threads), "one track for each target")
                scrapes = sum(name.startswith("scrape") for track in spans.values() for _, _, name in track)
                count = re.search(r"(\d+) scrapes, ", self.output(path, "text").splitlines()[-1])[1]
                ends = self.output(path, "json").count('"event":"EndOfRun"')
                self.assertLessEqual(int(count) - ends, scrapes)
                self.assertLessEqual(scrapes, int(count))
                for track in spans.values():
                    open_until = []
                    for begin, end, name in sorted(track, key=lambda span: (span[0], -span[1])):
                        while open_until and open_until[-1] <= begin:
                            open_until.pop()
                        if open_until:
                            self.assertLessEqual(end, open_until[-1] + 0.001, f"{name} at {begin} begins inside and ends outside")
                        open_until.append(end)

    def test_openmetrics_has_all_samples_with_times(self):
        text = self.output(SCENARIO, "openmetrics")
        self.assertTrue(text.endswith("\n# EOF\n"))
        self.assertEqual([line for line in text.splitlines() if line.startswith("up{")][2:4],
                         [f"{UP} 1 1767225648.139", f"{UP} 0 1767225663.139"])
        done = self.run_command("run", ROOT / "fixtures/scenarios/series-disappears.yml", "--format", "openmetrics")
        self.assertEqual(done.stderr, "stalemark run: not in the output: 1 stale marker\n")
        count = int(re.search(r", (\d+) samples$", self.output(SCENARIO, "text"))[1])
        self.assertEqual(len(text.splitlines()), count + 1)

    def test_names_and_values_that_need_care(self):
        path = self.write("odd.yml", r'''
name: "it's \"odd\""
duration: 1m
prometheus:
  hostname: prom-0
  config:
    global: {scrape_interval: 15s}
    scrape_configs:
      - job_name: app
        static_configs: [{targets: ['app-1:8080']}]
        metric_relabel_configs: [{target_label: odd, replacement: "a'b\"c\\d\ne"}]
      - {job_name: slow, scrape_interval: 40s, static_configs: [{targets: ['app-1:8080']}]}
exporters:
  app-1:8080:
    responses: [{body: "{\"my.metric\",\"a.b\"=\"x\"} 1e-300\nplain NaN\nupper +Inf\n"}]
''')
        self.assertIn('{"my.metric","a.b"="x",instance="app-1:8080",job="app",odd="a\'b\\"c\\\\d\\ne"} 1e-300 1767225618.139\n',
                      self.output(path, "openmetrics"))
        text = self.output(path, "promtool")
        self.assertIn("""  - name: 'it''s "odd"'\n    interval: 5s\n""", text)
        self.assertIn("""series: 'upper{instance="app-1:8080",job="app",odd="a''b\\"c\\\\d\\ne"}'""", text)
        self.assertIn("        values: '_x3 +Inf _x2 +Inf _x2 +Inf'\n", text)

    def test_promtool_has_a_value_per_slot(self):
        text = self.output(ROOT / "fixtures/scenarios/target-removed.yml", "promtool")
        self.assertTrue(text.startswith("rule_files: []\nevaluation_interval: 15s\ntests:\n  - name: 'a target is removed and re-added'\n"
                                        "    interval: 15s\n    input_series:\n      - series: '"), text)
        self.assertIn("""      - series: 'up{env="prod",instance="app-2:8080",job="app"}'\n        values: '1x5 stale _x7 1x5'\n""", text)
        idle = self.write("idle.yml", "name: idle\nduration: 1m\nprometheus: {config: {scrape_configs: []}}\n")
        self.check(1, "run", idle, "--format", "promtool", err="stalemark run: no target was scraped, so there is no interval\n")

    def test_expect_is_what_a_test_of_the_same_run_passes(self):
        shutil.copytree(ROOT / "fixtures", self.folder / "fixtures")
        count = 0
        for original in SCENARIOS:
            text = original.read_text()
            stripped = re.sub(r"^expect:\n(?:[ #].*\n|\n)*", "", text, flags=re.MULTILINE)
            if stripped == text:
                continue
            count += 1
            with self.subTest(original.name):
                path = self.write(original.relative_to(ROOT), stripped)
                path.write_text(stripped + self.output(path, "expect"))
                self.check(0, "test", path, out="1 passed, 0 failed")
        self.assertGreater(count, 60)

    def test_expect_of_a_scenario_that_expects_nothing(self):
        text = (ROOT / "fixtures/scenarios/exporter-restart.yml").read_text().split("\nexpect:")[0] + "\n"
        path = self.write("s.yml", text)
        self.check(0, "test", "s.yml", out="\n  it expects nothing yet: stalemark run s.yml --format expect >> s.yml\n1 passed")
        block = self.output(path, "expect")
        self.assertEqual(block, """
expect:
  targets:
    active:
      - {pool: app, labels: {instance: 'app-1:8080', job: app}, health: up}
    dropped: []
  samples:
    - series: 'requests_total{code="200",instance="app-1:8080",job="app"}'
      values: '10+5x3 stale _x2 0+5x3'
    - series: 'up{instance="app-1:8080",job="app"}'
      values: '1x3 0x2 1x3'
""")
        path.write_text(text.rstrip("\n") + block)
        self.assertNotIn("expects nothing", self.check(0, "test", "s.yml", out="1 passed").stdout)

    def test_output_goes_to_a_file_and_the_verdict_to_the_screen(self):
        for form in ("text", "json", "chrome", "openmetrics", "promtool", "expect", "digest", "trace"):
            with self.subTest(form):
                self.check(0, "run", SCENARIO, "--format", form, "-o", "out", out="passed  sample_limit exceeded: 7 scrapes, 45 samples\n")
                content = (self.folder / "out").read_bytes()
                with open(self.folder / "screen", "wb") as screen:
                    self.run_command("run", SCENARIO, "--format", form, stdout=screen)
                self.assertEqual(content, (self.folder / "screen").read_bytes())
        self.assertTrue(content.startswith(b"STMK"))
        wrong = self.write("wrong.yml", SCENARIO.read_text().replace("'1x2 0x1 1x1'", "'1x2 1x1 1x1'"))
        self.check(1, "run", wrong, "--format", "json", err="wrong.yml:22:7: up{")
        self.check(1, "run", wrong, "--format", "json", "-o", "out", out="FAILED  sample_limit exceeded")
        self.check(1, "run", SCENARIO, "-o", "gone/out", err="stalemark run: write gone/out: No such file or directory\n")
        self.check(2, "run", SCENARIO, "--format", "json", "--chunks", UP, err="--chunks: it goes with --format text")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["out", "screen", "wrong.yml"])


if __name__ == "__main__":
    unittest.main()
