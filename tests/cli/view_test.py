# SPDX-License-Identifier: Apache-2.0
"""`stalemark view`: the page with a scenario in it, written and served. Run by command_test.py."""
import base64
import json
import re
import subprocess
import urllib.request
import zlib

from command_case import ROOT, SCENARIO, CommandTest


class View(CommandTest):
    MARKER = "<!-- stalemark:bundle -->"

    def bundle(self, page, part="bundle"):
        text = re.search(rf'id="stalemark-{part}">([^<]*)</script>', page).group(1)
        return json.loads(zlib.decompress(base64.b64decode(text)))

    def test_one_file_holds_the_scenario_and_what_it_names(self):
        page, out = self.write("page.html", f"<p>{self.MARKER}</p>"), self.folder / "out.html"
        folder = ROOT / "fixtures/scenarios/node_exporter"
        self.check(0, "view", folder / "scenario.yml", "--page", page, "--html", out, out="opens in a browser")
        bundle = self.bundle(out.read_text())
        self.assertEqual(bundle["scenario"], "fixtures/scenarios/node_exporter/scenario.yml")
        for path, text in bundle["files"].items():
            self.assertEqual(text, (ROOT / path).read_text())
        self.assertIn("fixtures/scenarios/node_exporter/prometheus.yml", bundle["files"])
        self.assertTrue(any(path.startswith("fixtures/node_exporter/") for path in bundle["files"]))

    def test_bytes_that_are_no_text_arrive_too(self):
        page, out = self.write("page.html", self.MARKER), self.folder / "out.html"
        (self.folder / "body.bin").write_bytes(b"m 1\n\xff\n")
        scenario = self.write("s.yml", "name: bytes\nduration: 1m\nprometheus:\n  config:\n    scrape_configs: [{job_name: j, "
                              "static_configs: [{targets: ['a:80']}]}]\nexporters:\n  a:80: {responses: [{body_file: body.bin}]}\n")
        self.check(0, "view", scenario, "--page", page, "--html", out)
        files = self.bundle(out.read_text())["files"]
        self.assertIn({"base64": base64.b64encode(b"m 1\n\xff\n").decode()}, files.values())

    def test_what_goes_wrong_is_said_and_nothing_is_written(self):
        page, out = self.write("page.html", "<p></p>"), self.folder / "out.html"
        self.check(1, "view", SCENARIO, "--page", page, "--html", out, err=self.MARKER)
        self.check(1, "view", SCENARIO, "--page", self.folder / "none.html", "--html", out, err="no such file")
        self.check(1, "view", self.write("bad.yml", "name: x\n"), "--page", page, "--html", out, err="bad.yml")
        self.assertFalse(out.exists())

    def test_a_report_holds_all_that_was_tested(self):
        page, out = self.write("page.html", self.MARKER), self.folder / "report.html"
        plain = SCENARIO.read_text().split("\nexpect:")[0]
        fails = self.write("one/fails.yml", plain + "\nexpect: {store_digest: '0000000000000000'}\n")
        broken = self.write("two/broken.yml", "name: x\nprometheus: {}\nfoo: 1\n")
        passes = self.write("two/passes.yml", plain)
        self.check(1, "test", fails, broken, passes, "--page", page, "--html", out)
        report = self.bundle(out.read_text(), "gallery")
        self.assertEqual(report["title"], "2 of 3 scenarios failed")
        self.assertEqual([entry["group"] for entry in report["entries"]], ["failed", "invalid", "passed"])
        self.assertIn("store digest", report["entries"][0]["about"])
        self.assertIn("foo", report["entries"][1]["about"])
        for entry, source in zip(report["entries"], (fails, broken, passes)):
            self.assertEqual(report["files"][entry["scenario"]], source.read_text())
            self.assertIn(entry["scenario"], entry["files"])
        self.assertNotIn(str(self.folder), json.dumps(report), "no path of this machine")

    def test_a_report_without_a_page_is_refused_before_anything_runs(self):
        out = self.folder / "report.html"
        self.check(1, "test", SCENARIO, "--page", self.folder / "none.html", "--html", out, out="", err="no such file")
        self.assertFalse(out.exists())

    def test_serves_the_same_page(self):
        page, out = self.write("page.html", f"<p>{self.MARKER}</p>"), self.folder / "out.html"
        self.check(0, "view", SCENARIO, "--page", page, "--html", out)
        with subprocess.Popen([str(self.program), "view", SCENARIO, "--page", page, "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
            address = server.stdout.readline().split()[0]
            with urllib.request.urlopen(address) as answer:
                self.assertEqual(answer.read().decode(), out.read_text())
            port = address.rstrip("/").rsplit(":", 1)[1]
            self.check(1, "view", SCENARIO, "--page", page, "--port", port, err=f"cannot listen on 127.0.0.1:{port}")
            server.terminate()
