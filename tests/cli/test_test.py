# SPDX-License-Identifier: Apache-2.0
"""`stalemark test`: which files it takes, the order of its lines, and the reports it writes."""
import json
import os
import pathlib
import re
import stat
import unittest
import xml.etree.ElementTree

from command_case import ROOT, SCENARIO, CommandTest

GALLERY = ROOT / "fixtures" / "scenarios"
RIGHT, WRONG = "'1x2 0x1 1x1'", "'1x2 1x1 1x1'"


class TestCommand(CommandTest):
    def write_scenario(self, name, title="sample_limit exceeded", up=RIGHT):
        text = SCENARIO.read_text()
        self.assertIn(RIGHT, text)
        return self.write(name, text.replace(RIGHT, up).replace("name: sample_limit exceeded", f"name: {json.dumps(title)}"))

    def titles(self, done):
        return re.findall(r"^(?:ok  |FAIL)  (.*?)(?: \(\d+ samples.*)?$", done.stdout, re.MULTILINE)


class Files(TestCommand):
    def test_a_folder_stands_for_the_scenarios_below_it(self):
        for name in ("s/b.yml", "s/a/z.yaml", "s/.hidden/h.yml", "s/.h.yml", "s/notes.txt"):
            self.write_scenario(name, name)
        self.write("s/prometheus.yml", "global: {}\nscrape_configs: []\n")
        self.write("s/targets.yml", "- {targets: [a]}\n")
        self.write("s/rules.yml", "groups:\n- name: prometheus\n")
        self.write("s/wrong.yml", "duration: 1m\nprometheus: {config: gone.yml}\n")
        done = self.check(1, "test", "s", out="2 passed, 1 failed")
        self.assertEqual(self.titles(done), ["s/a/z.yaml", "s/b.yml", "s/wrong.yml"])
        done = self.check(1, "test", SCENARIO, "s", "s/b.yml", out="4 passed, 1 failed")
        self.assertEqual(self.titles(done)[0::4], ["sample_limit exceeded", "s/b.yml"])

    def test_paths_below_this_folder_begin_with_its_names(self):
        self.write("a/wrong.yml", "duration: 1m\nprometheus: {config: gone.yml}\n")
        for folder in (".", "./", "./a", "a/"):
            with self.subTest(folder):
                self.assertEqual(self.titles(self.check(1, "test", folder)), ["a/wrong.yml"])

    def test_a_folder_without_scenarios_is_an_error(self):
        self.write("empty/prometheus.yml", "global: {}\n")
        self.check(1, "test", "empty", err="stalemark test: no scenarios below empty: no *.yml file there has the key")
        self.check(1, "test", SCENARIO, "empty", err="no scenarios below empty")

    def test_another_file_is_called_by_its_name(self):
        for content, message in (
                ("global: {}\n", "p.yml:1:1: this is a prometheus.yml, expected a scenario, which names it as prometheus.config; "
                 "`stalemark check` checks it\n"),
                ("# c\nscrape_configs: []\n", "p.yml:2:1: this is a prometheus.yml"),
                ("rule_files: []\ntests: []\n", "p.yml:1:1: this is a test of rules, which `promtool test rules` runs"),
                ("groups: []\n", "p.yml:1:1: this is a file of rules"),
                ("global: {}\nprometheus: {}\n", 'p.yml:1:1: found unknown key "global"')):
            with self.subTest(content):
                self.write("p.yml", content)
                self.check(1, "test", "p.yml", out=message)
                self.check(1, "run", "p.yml", err=message)

    def test_run_selects_by_name_or_path(self):
        self.write_scenario("s/one.yml", "first (1)")
        self.write_scenario("s/two.yml", "second", WRONG)
        self.write("s/three.yml", "name: third\nprometheus: x\n")
        for pattern, code, titles in (("first", 0, ["first (1)"]), (r"\(1\)$", 0, ["first (1)"]), ("two", 1, ["second"]),
                                      ("^s/o|^sec", 1, ["first (1)", "second"]), ("three", 1, ["s/three.yml"]),
                                      ("", 1, ["first (1)", "s/three.yml", "second"])):
            with self.subTest(pattern):
                self.assertEqual(self.titles(self.check(code, "test", "s", "--run", pattern)), titles)
        self.check(1, "test", "s", "--run", "third", err="--run: no scenario has a file or a name that matches third")
        self.check(2, "test", "s", "--run", "(", err="--run: missing ): (")

    def test_lines_come_in_the_order_of_the_arguments(self):
        long = self.write_scenario("long.yml", "long")
        long.write_text(long.read_text().replace("duration: 2m", "duration: 40h").split("expect:")[0])
        names = ["long"] + [f"short {i}" for i in range(20)]
        files = ["long.yml"] + [self.write_scenario(f"{i}.yml", f"short {i}", WRONG if i % 5 == 0 else RIGHT) for i in range(20)]
        outputs = set()
        for jobs in ((), ("--jobs", "1"), ("--jobs", "2"), ("--jobs", "8")):
            done = self.check(1, "test", *files, *jobs, out="17 passed, 4 failed")
            self.assertEqual(self.titles(done), names)
            outputs.add(re.sub(r"\d+ ms|[\d.]+ s$", "", done.stdout))
        self.assertEqual(len(outputs), 1, "the same output whatever runs at once")
        for jobs in ("0", "-1", "x", "257"):
            self.check(2, "test", SCENARIO, "--jobs", jobs, err="--jobs")


class Reports(TestCommand):
    def setUp(self):
        super().setUp()
        self.write_scenario("s/good.yml", 'good <&"\u00e4>')
        self.write_scenario("s/bad.yml", "bad: 100%, really", WRONG)
        self.write("s/invalid.yml", "name: x\nprometheus: {config: x\n")

    def test_junit(self):
        done = self.check(1, "test", "s", "--junit", "r.xml", out="1 passed, 2 failed")
        root = xml.etree.ElementTree.parse(self.folder / "r.xml").getroot()
        self.assertEqual((root.tag, root.get("tests"), root.get("failures"), root.get("errors")), ("testsuites", "11", "1", "1"))
        bad, good, invalid = root
        self.assertEqual([suite.get("name") for suite in root], ["bad: 100%, really", 'good <&"\u00e4>', "s/invalid.yml"])
        self.assertEqual([case.get("name").split("{")[0] for case in good],
                         ["run", "samples up", "samples jobs", "samples jobs", "samples scrape_samples_scraped"])
        for suite in root:
            self.assertEqual(int(suite.get("tests")), len(suite))
            self.assertEqual(int(suite.get("failures")), len(suite.findall("*/failure")))
            self.assertEqual(int(suite.get("errors")), len(suite.findall("*/error")))
        case, = [case for case in bad if len(case)]
        self.assertEqual((case.get("name"), case.get("file"), case.get("line")),
                         ('samples up{instance="app-1:8080",job="app"}', "s/bad.yml", "22"))
        self.assertEqual((case[0].tag, case[0].get("type")), ("failure", "samples"))
        self.assertIn(case[0].text, done.stdout)
        self.assertIn("\n  slot  time", case[0].text)
        self.assertEqual((invalid[0].get("name"), invalid[0][0].tag, invalid[0][0].get("type")), ("run", "error", "scenario"))

    def test_json(self):
        self.check(1, "test", "s", "--json", "r.json")
        report = json.loads((self.folder / "r.json").read_text())
        self.assertEqual((report["version"], report["passed"], report["failed"]), (1, 1, 2))
        self.assertEqual([s["outcome"] for s in report["scenarios"]], ["failed", "passed", "invalid"])
        bad, good, invalid = report["scenarios"]
        failure, = bad["failures"]
        self.assertEqual((failure["kind"], failure["file"], failure["line"], failure["column"]), ("samples", "s/bad.yml", 22, 7))
        self.assertEqual(failure["message"], "2 of 7 slots differ")
        self.assertEqual((failure["series"], failure["at_ns"]), (failure["subject"], "63139000000"))
        self.assertTrue(failure["next"].endswith("--at 1m3s139ms"), failure["next"])
        self.assertNotIn("at_ns", report["scenarios"][2]["failures"][0])
        self.assertRegex(good["store_digest"], "^[0-9a-f]{16}$")
        self.assertEqual([(e["kind"], e["line"]) for e in good["expectations"]],
                         [("samples", 22), ("samples", 24), ("samples", 26), ("samples", 28)])
        self.assertEqual((invalid["failures"][0]["file"], invalid["failures"][0]["line"]), ("s/invalid.yml", 3))
        text = (ROOT / "docs" / "formats" / "test-report.md").read_text()
        documented = set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE))
        found = set(report) | set(bad) | set(failure) | set(good["expectations"][0])
        self.assertEqual(found, documented, "docs/formats/test-report.md")

    def test_github(self):
        summary = self.write("summary.md", "before\n")
        environment = {**os.environ, "GITHUB_WORKSPACE": str(self.folder.parent), "GITHUB_STEP_SUMMARY": str(summary)}
        done = self.run_command("test", "s", "--github", env=environment)
        below = self.folder.resolve().name
        lines = [line for line in done.stdout.splitlines() if line.startswith("::")]
        self.assertEqual(len(lines), 2, done.stdout)
        self.assertTrue(lines[0].startswith(
            f"::error file={below}/s/bad.yml,line=22,col=7,title=bad%3A 100%25%2C really::up{{instance=\"app-1:8080\",job=\"app\"}}: "
            "2 of 7 slots differ%0A  slot  time"), lines[0])
        self.assertTrue(lines[1].startswith(f"::error file={below}/s/invalid.yml,line=3,col="), lines[1])
        self.assertRegex(done.stdout.splitlines()[-1], r"^1 passed, 2 failed, \d+\.\d{3} s$")
        text = summary.read_text()
        self.assertTrue(text.startswith("before\n### stalemark: 1 passed, 2 failed\n\n**bad: 100%, really** (s/bad.yml)\n"), text)
        self.assertEqual(text.count("```"), 4)
        del environment["GITHUB_STEP_SUMMARY"], environment["GITHUB_WORKSPACE"]
        self.assertIn("::error file=s/bad.yml,", self.run_command("test", "s", "--github", env=environment).stdout)

    def test_reports_are_written_whole_or_not_at_all(self):
        old = self.write("r.xml", "old")
        old.chmod(0o640)
        (self.folder / "link.xml").symlink_to("r.xml")
        self.check(1, "test", "s", "--junit", "link.xml")
        self.assertTrue((self.folder / "link.xml").is_symlink())
        self.assertTrue(old.read_text().startswith("<?xml"))
        self.assertEqual(stat.S_IMODE(old.stat().st_mode), 0o640)
        for path, message in (("gone/r.xml", "write gone/r.xml: No such file or directory"), ("s", "write s: Is a directory"),
                              ("/dev/full", "write /dev/full: No space left on device")):
            for option in ("--junit", "--json"):
                self.check(1, "test", SCENARIO, option, path, out="1 passed", err=message)
        self.check(0, "test", SCENARIO, "--json", "/dev/null")
        self.check(0, "test", SCENARIO, "--json", "/dev/stdout", out='{"version":1')
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["link.xml", "r.xml", "s"])


if __name__ == "__main__":
    unittest.main()
