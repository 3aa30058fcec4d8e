# SPDX-License-Identifier: Apache-2.0
"""`stalemark explain`: arguments, exit codes, text and JSON."""
import json
import re

from command_case import ROOT, CommandTest

FOLDER = ROOT / "fixtures" / "scenarios"
RESTART = FOLDER / "exporter-restart.yml"
FANOUT = FOLDER / "fanout-secondary-fails.yml"


class Explain(CommandTest):
    def test_text(self):
        done = self.check(0, "explain", RESTART, "requests_total", "--at", "1m5s")
        self.assertEqual(done.stdout, """requests_total{code="200",instance="app-1:8080",job="app"} at 65.000s (00:01:05.000): 25, stored by scrape 4 from body 1:1.
   63.139s  scrape 4 of app/app-1:8080 begins, slot 3: every 15s from 18.139s
   63.139s  response 200 OK, 30 bytes, text/plain; version=0.0.4; charset=utf-8
   63.139s  body 1:1: requests_total{code="200"} 25
   63.139s  labels of the target are added: instance="app-1:8080", job="app"
   63.139s  the body gives no time: the sample gets the scrape's, 63.139s
   63.139s  known to the scrape cache since scrape 1, body 1:1
   63.139s  accepted by the storage and committed
            in chunk 1, sample 4 of 9
An instant query at 65.000s sees 25, of 63.139s.
""")

    def test_json_has_the_documented_words_only(self):
        page = (ROOT / "docs" / "formats" / "explain.md").read_text()
        words = set(re.findall(r"`([a-z_]+)`", page))
        for series, at in (("requests_total", "1m5s"), ("requests_total", "1m20s"), ("up", "1m20s"), ("nothing", "1m20s"),
                           ('{instance="app-1:8080"}', "1m20s"), ('{instance="app-2:8080"}', "1m20s")):
            with self.subTest(series=series, at=at):
                done = self.check(0, "explain", RESTART, series, "--at", at, "--format", "json")
                found = json.loads(done.stdout)
                self.assertLessEqual(set(found), words)
                self.assertLessEqual({found["outcome"], found["reason"]}, words)
                self.assertLessEqual(len(found["chain"]), 12)
                for link in found["chain"]:
                    self.assertLessEqual({*link, link["kind"]}, words)

    def test_a_target_without_an_exporter(self):
        path = self.write("s.yml", "name: n\nduration: 1m\nprometheus: {config: {global: {scrape_interval: 15s}, scrape_configs: [{job_name: app, "
                          "static_configs: [{targets: ['app-1:8080', 'other:9090']}]}]}}\nexporters: {'app-l:8080': {responses: [{body: ''}]}}\n")
        for series in ('up{instance="app-1:8080"}', '{instance="app-1:8080"}'):
            self.check(0, "explain", path, series, "--at", "50s",
                       out='  the scenario has no exporter at app-1:8080: connections are refused (did you mean "app-l:8080"?)\n')
        self.check(0, "explain", path, 'up{instance="other:9090"}', "--at", "50s",
                   out="  the scenario has no exporter at other:9090: connections are refused\n")

    def test_a_scrape_whose_time_the_clock_put_elsewhere(self):
        path = FOLDER / "incidents" / "8312-clock-set-back" / "scenario.yml"
        found = json.loads(self.check(0, "explain", path, "up", "--at", "1m20s", "--format", "json").stdout)
        self.assertEqual((found["outcome"], found["reason"]), ("none", "other_time"))
        self.assertEqual(found["chain"][0]["text"], "the wall clock was set: its samples have the time 48.139s")
        for at, reason in (("50s", "report"), ("3m10s", "report")):
            self.check(0, "explain", path, "up", "--at", at, "--format", "json", out=f'"reason": "{reason}"')

    def test_storages(self):
        self.check(0, "explain", FANOUT, "requests_total", "--at", "100s", out="6, stored by scrape 6")
        for storage in ("secondary 1", "1"):
            self.check(0, "explain", FANOUT, "requests_total", "--at", "100s", "--storage", storage,
                       out="no sample: the commit of scrape 6 failed: connection lost")

    def test_invalid_input_and_usage(self):
        for code, arguments, message in (
                (1, (RESTART, "up", "--at", "4m"), "explain: the run lasts 3m"),
                (1, (FOLDER / "sample-limit.yml", "jobs", "--at", "1m"), "jobs are 2 series: give more labels\n  jobs{"),
                (1, ("gone.yml", "up", "--at", "1m"), "gone.yml"),
                (2, (RESTART, "up"), "--at is required"),
                (2, (RESTART, "up{", "--at", "1m"), "SERIES: "),
                (2, (RESTART, "up", "--at", "soon"), "--at: found soon, expected a time"),
                (2, (RESTART, "up", "--at", "1m", "--storage", "1"), "--storage: found 1, expected primary")):
            with self.subTest(arguments):
                self.assertEqual(self.check(code, "explain", *arguments, err=message).stdout, "")
