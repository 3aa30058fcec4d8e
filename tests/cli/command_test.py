#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the built command as a user does: exit codes, messages, lost output; and that a recorded case with any changed
expectation fails. As a program, runs all *_test.py beside it and ends with `N passed, N failed`.

    tests/cli/command_test.py PROGRAM
"""
import copy
import json
import os
import pathlib
import pty
import shutil
import subprocess
import sys
import unittest

from command_case import ROOT, SCENARIO, CommandTest

CASES = ROOT / "tests" / "conformance"
LISTED = CASES / "expected_failures.txt"


class Usage(CommandTest):
    def test_wrong_usage_ends_with_2_and_says_what_is_wrong(self):
        for arguments, message in (
                ((), "subcommand is required"), (("run",), "FILE is required"), (("test",), "FILES is required"), (("check",), "CONFIG is required"),
                (("conformance",), "DIR is required"), (("run", SCENARIO, "--bogus"), "--bogus"),
                (("run", SCENARIO, "--format", "html"), "--format"), (("run", SCENARIO, SCENARIO), "not expected"),
                (("conformance", CASES, "--timing"), "--timing"), (("--bogus",), "")):
            with self.subTest(arguments):
                self.assertEqual(self.check(2, *arguments, err=message).stdout, "")

    def test_record_refuses_a_pattern_before_anything_is_recorded(self):
        self.write("prometheus.yml", "scrape_configs: []")
        for patterns, message in ((["("], "--redact: (: missing ):"), ([r"(?<name>x)(?=y)"], "--redact: "),
                                  (["secret"], "--redact: secret: this also finds what a recording consists of"),
                                  (["account=([0-9]{10})", "[0-9]{10}"], "--redact: [0-9]{10}: this also finds")):
            with self.subTest(patterns):
                options = [f"--redact={pattern}" for pattern in patterns]
                self.assertEqual(self.check(2, "record", "prometheus.yml", "--for", "1s", "-o", "out", *options, err=message).stdout, "")
                self.assertEqual([path.name for path in self.folder.iterdir()], ["prometheus.yml"])

    def test_an_unknown_command_is_named_with_the_known_ones(self):
        self.check(2, "bogus", err='unknown command "bogus"\nCommands: check, completion, conformance, explain, live, record, run, test, view\n')
        self.check(2, "tst", SCENARIO, err='unknown command "tst"; did you mean "test"?')
        self.check(2, "", err='unknown command ""')

    def test_help_and_version(self):
        self.assertRegex(self.check(0, "--version").stdout, r"\Astalemark \d+\.\d+\.\d+\n\Z")
        self.check(0, "--help", out="Exit codes: 0: passed; 1: failed")
        for command in ("check", "completion", "explain", "run", "test", "conformance", "view"):
            self.assertRegex(self.check(0, command, "--help").stdout, "Example: .*stalemark " + command)


class Check(CommandTest):
    """`stalemark check`: what promtool says, and more."""

    def test_a_valid_configuration_is_summed_up(self):
        self.write("jobs/more.yml", "scrape_configs: [{job_name: b, file_sd_configs: [{files: [t*.json, gone.yml]}]}]")
        self.write("jobs/t1.json", '[{"targets": ["x:1", "y:1"]}]')
        self.write("prometheus.yml", "scrape_config_files: [jobs/*.yml]\nalerting: {}\nrule_files: [r.yml]\nscrape_configs:\n"
                   "- {job_name: a, scrape_interval: 6m, static_configs: [{targets: [h]}], dns_sd_configs: [{names: [n]}]}\n")
        done = self.check(0, "check", "prometheus.yml")
        self.assertEqual(done.stdout, """Checking prometheus.yml
  WARNING: too long scrape interval found, data point will be marked as stale - job: a, interval: 6m
  WARNING: file "jobs/gone.yml" for file_sd in scrape job "b" does not exist
  NOTE: section alerting accepted, not used
  NOTE: section rule_files accepted, not used
  NOTE: job "a": dns_sd_configs accepted, not used: a scenario gives its targets
  SUCCESS: 2 scrape jobs found, 1 of them in scrape_config_files; 1 static target, 2 in file_sd files
 SUCCESS: prometheus.yml is valid prometheus config file syntax

""")

    def test_every_recorded_error_has_upstreams_text_and_a_place(self):
        for line in (CASES / "config" / "config.jsonl").read_text().splitlines():
            case = json.loads(line)
            expected = case["expected"].get("error", case["expected"].get("scrape_error"))
            if expected is None or "yaml_b64" in case:
                continue
            with self.subTest(case["name"]):
                shutil.rmtree(self.folder / "jobs", ignore_errors=True)
                for name, content in {**case.get("files", {}), "prometheus.yml": case["yaml"]}.items():
                    self.write(name, content)
                agent = ("--agent",) if case.get("agent") else ()
                done = self.check(1, "check", "prometheus.yml", *agent, err=expected.replace("DIR/", ""))
                self.assertRegex(done.stderr, r"\n[a-z/]+\.yml:\d+:\d+: .*\n +\d+ \| .*\n +\| \s*\^+\n")

    def test_errors_show_the_line_and_a_hint(self):
        self.write("p.yml", "global:\n  scrape_intervall: 15s\n")
        self.assertEqual(self.check(1, "check", "p.yml").stderr, """  FAILED: parsing YAML file p.yml: yaml: unmarshal errors:
  line 2: field scrape_intervall not found in type config.plain

p.yml:2:3: field scrape_intervall not found in type config.plain (did you mean "scrape_interval"?)
    2 |   scrape_intervall: 15s
      |   ^^^^^^^^^^^^^^^^
""")
        for content, hint in (
                ("scrape_configs: [{job_name: a, relabel_configs: [{action: dorp}]}]", 'did you mean "drop"?'),
                ("scrape_configs: [{job_name: a, scrape_protocols: [OpenMetricsText1.0]}]", 'did you mean "OpenMetricsText1.0.0"?'),
                ("scrape_configs: [{job_name: a, tls_config: {min_version: tls12}}]", 'did you mean "TLS12"?'),
                ("global: {scrape_interval: 10}", "expected a duration such as"),
                ("global:\n\tscrape_interval: 5s", "expected blanks where a tab indents"),
                ("a: 'x\nb: y\n", "p.yml:1:4: yaml: line 3: found unexpected end of stream")):
            with self.subTest(content):
                self.write("p.yml", content)
                self.check(1, "check", "p.yml", err=hint)

    def test_many_errors_are_shown_in_part(self):
        self.write("p.yml", "".join(f"k{i}: 1\n" for i in range(20000)))
        lines = self.check(1, "check", "p.yml", err="FAILED").stderr.splitlines()
        self.assertEqual(lines[50:52], ["  line 50: field k49 not found in type config.plain", "  and 19950 more lines"])
        self.assertEqual(lines[-1], "and 19950 more")
        self.assertLess(len(lines), 300)
        self.write("p.yml", "".join(f"k{i}: 1\n" for i in range(50)))
        self.assertNotIn(" more", self.check(1, "check", "p.yml", err="field k49").stderr)

    def test_files_that_jobs_name_are_looked_at(self):
        for job, error in (
                ("authorization: {credentials_file: gone}", 'error checking authorization credentials or bearer token file "gone": '
                 "stat gone: no such file or directory"),
                ("tls_config: {cert_file: c, key_file: k}", 'error checking client cert file "c": stat c: no such file'),
                ("file_sd_configs: [{files: [bad.json]}]", 'checking SD file "bad.json": unexpected end of JSON input'),
                ("static_configs: [{targets: ['']}]", "instance 0 in group 0: no address")):
            with self.subTest(job):
                self.write("bad.json", "[")
                self.write("p.yml", f"scrape_configs:\n- job_name: a\n  {job}\n")
                done = self.check(1, "check", "p.yml", err="  FAILED: " + error)
                self.assertRegex(done.stderr, r"\np\.yml:\d:\d+: ")
                if "SD" not in error and "instance" not in error:
                    self.check(0, "check", "p.yml", "--syntax-only")

    def test_files_that_are_none(self):
        self.write("binary.yml", bytes(range(256)))
        self.write("empty.yml", "")
        self.check(1, "check", "gone.yml", err="FAILED: open gone.yml: no such file or directory")
        self.check(1, "check", ".", err="FAILED: read .: is a directory")
        self.check(1, "check", "binary.yml", err="binary.yml:1:1: yaml: control characters are not allowed")
        self.check(1, "check", SCENARIO, err=f"  FAILED: this is a scenario: `stalemark test {SCENARIO}` plays it\n")
        self.check(0, "check", "empty.yml", out="0 scrape jobs found")
        done = self.check(1, "check", "empty.yml", "gone.yml", "empty.yml", err="gone.yml")
        self.assertEqual(done.stdout.count("SUCCESS: empty.yml is valid"), 2)

    def test_the_effective_configuration(self):
        self.write("jobs.yml", "scrape_configs: [{job_name: b}]")
        self.write("p.yml", "scrape_config_files: [jobs.yml]\nglobal: {external_labels: {a: $HOST_OF_TEST, b: 'yes'}}\nscrape_configs:\n"
                   "- {job_name: 'a: #1', basic_auth: {username: u, password: secret}, params: {x: []}}\n")
        os.environ["HOST_OF_TEST"] = "h1"
        text = self.check(0, "check", "p.yml", "--effective").stdout
        for part in ('  external_labels:\n    a: h1\n    b: "yes"\n', "- job_name: 'a: #1'\n", "    password: <secret>\n",
                     "  params:\n    x: []\n", "- job_name: b\n", "  scrape_interval: 1m\n"):
            self.assertIn(part, text)
        jobs = json.loads(self.check(0, "check", "p.yml", "--effective", "--format", "json").stdout)["scrape_configs"]
        self.assertEqual([job["job_name"] for job in jobs], ["a: #1", "b"])
        self.write("same.yml", text.replace("<secret>", "secret"))
        self.assertEqual(self.check(0, "check", "same.yml", "--effective", "--syntax-only").stdout, text)
        self.check(2, "check", "p.yml", "p.yml", "--effective", err="--effective takes one CONFIG")
        self.write("p.yml", "x: 1")
        self.assertEqual(self.check(1, "check", "p.yml", "--effective", err="field x not found").stdout, "")


class Input(CommandTest):
    def test_what_cannot_be_read_or_loaded_ends_with_1(self):
        garbage = self.write("garbage.yml", bytes(range(256)) * 100)
        self.check(1, "run", self.folder, err="is a directory")
        for path, message in ((self.folder / "no.yml", "no such file or directory"), ("/dev/zero", "read /dev/zero: not a regular file"), (garbage, "garbage.yml"),
                              (self.write("empty.yml", ""), "empty.yml"), (self.write("deep.yml", "[" * 100_000), "deep.yml")):
            with self.subTest(path):
                self.check(1, "run", path, err=message)
                self.check(1, "test", path, out=message)
        self.check(1, "conformance", self.folder / "no", err="no such file or directory")

    def test_what_yaml_refuses_is_said_in_plain_words(self):
        block, flow = "the indentation fits no line above", "a bracket is not closed"
        for text, message in (
                ("a:\n  - b\n - c\n", "s.yml:3:2: yaml: end of map not found: " + block),
                ("a:\n  - b: 1\n   c: 2\n", "s.yml:3:4: yaml: end of sequence not found: " + block),
                ("a:\n\tb: 1\n", "s.yml:2:1: yaml: found a tab, expected blanks as indentation"),
                ("a: {b: c\nd: e\n", "s.yml:2:2: yaml: end of map flow not found: " + flow),
                ("a: {series: up{x=1}, values: 1}\n", "yaml: end of map flow not found: " + flow),
                ("a: b: c\n", "s.yml:1:5: yaml: illegal map value: a second \": \" in one line"),
                ("a: @b\n", "yaml: unknown token: a text that begins like this must be in quotes"),
                ("a: \"b", "s.yml:1:6: yaml: illegal EOF in scalar: a quote is not closed")):
            with self.subTest(text):
                self.check(1, "test", self.write("s.yml", text), out=message)

    def test_a_file_that_is_not_there_is_named_with_its_neighbour(self):
        self.write("a/after.prom", "up 1\n")
        head = "name: n\nduration: 1m\nprometheus: {config: {scrape_configs: []}}\n"
        for file, message in (("a/aftr.prom", ' (did you mean "a/after.prom"?)\n'), ("a/other", "directory\n"), ("b/after.prom", "directory\n"),
                              ("a", "is a directory\n")):
            with self.subTest(file):
                text = head + f"exporters: {{'a:1': {{responses: [{{body_file: {file}}}]}}}}\n"
                self.check(1, "test", self.write("s.yml", text), out=message)

    def test_mistakes_of_the_first_ten_minutes(self):
        head = "name: n\nduration: 1m\nprometheus: {config: {scrape_configs: [{job_name: app, dns_sd_configs: [{names: [n]}]}]}}\n"
        for text, messages in (
                (head, ('s.yml:3:22: job "app" finds its targets with dns_sd_configs, which does not run here: say what it finds, '
                        "as in targets: {app: [{targets: ['host:9100'], labels: {env: prod}}]}\n",)),
                (head + "targets: {ap: []}\n", ('job "app" finds its targets with', 's.yml:4:11: found job "ap", expected a job of the '
                                                'configuration (did you mean "app"?)')),
                (head.replace("1m", "60"), ('s.yml:2:11: found "60", expected a duration such as 1m30s (did you mean "60s"?)\n',)),
                (head + "targets: {app: []}\nexpect: {samples: [{series: up}]}\n", ("s.yml:5:20: found nothing about it, expected the key series, "
                                                                                   "and one of values and points", "fills in values: ''"))):
            with self.subTest(text):
                for message in messages:
                    self.check(1, "test", self.write("s.yml", text), out=message)

    def test_a_good_file_behind_a_bad_one_is_played(self):
        self.check(1, "test", "no.yml", SCENARIO, out="1 passed, 1 failed")

    def test_a_pipe_is_read(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        with subprocess.Popen(["cp", SCENARIO, pipe]):
            self.check(0, "test", pipe, out="1 passed, 0 failed")


class Output(CommandTest):
    def test_lost_output_ends_with_1(self):
        for arguments in (("run", SCENARIO), ("run", "--format", "digest", SCENARIO), ("test", SCENARIO),
                          ("conformance", CASES / "relabel"), ("--version",), ("run", "--help")):
            with self.subTest(arguments), open("/dev/full", "wb") as full:
                done = self.run_command(*arguments, stdout=full)
                self.assertEqual((done.returncode, done.stderr), (1, "stalemark: cannot write all of standard output\n"))

    def test_lost_reports_and_digests_end_with_1(self):
        for option in ("--report", "--digests"):
            for path, message in (("/dev/full", "cannot write all of /dev/full"), (self.folder, "cannot write ")):
                with self.subTest((option, path)):
                    self.check(1, "conformance", CASES / "relabel", option, path, err=message)

    def test_formats_of_run(self):
        text = self.check(0, "run", SCENARIO, out="passed  sample_limit exceeded").stdout
        digest = self.check(0, "run", "--format", "digest", SCENARIO).stdout
        self.assertRegex(digest, r"\Astore digest [0-9a-f]+\ntrace digest [0-9a-f]+\n\Z")
        self.assertIn(digest, text)
        self.assertEqual(self.check(0, "run", "--format", "digest", SCENARIO).stdout, digest)

    def test_colours_on_a_terminal_unless_no_color_says_otherwise(self):
        for no_color, coloured in ((None, True), ("", True), ("1", False)):
            with self.subTest(no_color):
                environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
                environment.update({} if no_color is None else {"NO_COLOR": no_color})
                reader, writer = pty.openpty()
                with os.fdopen(reader, "rb", buffering=0) as screen:
                    self.assertEqual(self.run_command("test", SCENARIO, stdout=writer, env=environment).returncode, 0)
                    os.close(writer)
                    self.assertEqual(b"\x1b[32m" in screen.read(4096), coloured)


class Scenarios(CommandTest):
    def test_a_missed_expectation_fails_in_every_form(self):
        text = SCENARIO.read_text()
        self.assertIn("'1x2 0x1 1x1'", text)
        wrong = self.write("wrong.yml", text.replace("'1x2 0x1 1x1'", "'1x2 1x1 1x1'"))
        self.check(1, "test", wrong, SCENARIO, out="1 passed, 1 failed")
        self.check(1, "run", wrong, out="FAILED")
        self.check(1, "run", "--format", "digest", wrong, out="trace digest")

    def test_update_writes_what_was_found(self):
        text = SCENARIO.read_text()
        wrong = self.write("wrong.yml", text.replace("'1x2 0x1 1x1'", "'1x2 1x1 1x1'") + """\
  scrapes:   # how each ended
    - {target: app/app-1:8080, outcomes: up}
  metrics: {prometheus_target_scrape_pools_total: '>= 2'}
""")
        wrong.chmod(0o640)
        found = text.replace("'1x2 0x1 1x1'", "'1x2 0 0 1 1'") + """\
  scrapes:   # how each ended
    - {target: app/app-1:8080, outcomes: up x3 sample_limit x2 up x2}
  metrics: {prometheus_target_scrape_pools_total: '>= 2'}
"""
        done = self.check(1, "test", "--update", wrong, out="found 1, expected >= 2")
        self.assertRegex(done.stdout, r"wrong.yml:\d+:\d+: '1x2 1x1 1x1' -> '1x2 0 0 1 1'")
        self.assertRegex(done.stdout, r"wrong.yml:\d+:\d+: up -> up x3 sample_limit x2 up x2")
        self.assertEqual(wrong.read_text(), found)
        self.assertEqual(wrong.stat().st_mode & 0o777, 0o640)
        wrong.write_text(found.replace(">= 2", ">= 1"))
        self.assertEqual(self.check(0, "test", "--update", wrong).stdout.count("->"), 0)
        self.assertEqual(sorted(self.folder.iterdir()), [wrong])

    def test_update_of_what_does_not_load_or_is_not_selected_changes_nothing(self):
        bad = self.write("bad.yml", "name: x\n")
        self.check(1, "test", "--update", bad, out="bad.yml")
        self.assertEqual(bad.read_text(), "name: x\n")
        text = SCENARIO.read_text().replace("'1x2 0x1 1x1'", "'1x2 1x1 1x1'")
        wrong = self.write("wrong.yml", text)
        self.check(1, "test", "--update", wrong, "--run", "other", err="--run")
        self.assertEqual(wrong.read_text(), text)

    def test_chunks(self):
        self.check(0, "run", SCENARIO, "--chunks", 'up{instance="app-1:8080",job="app"}', out="bytes a sample")
        self.check(1, "run", SCENARIO, "--chunks", 'up{job="no"}', err="no series")
        self.check(2, "run", SCENARIO, "--chunks", "up{", err="--chunks")


GOOD = '{"name":"good","fqdn":"a.example.com","external_labels":{"prometheus":"ha1"},' \
       '"expected":{"hashed_text":"a.example.com{prometheus=\\"ha1\\"}","seed":"14187472743099167390"}}\n'
BAD = GOOD.replace("90\"}}", "91\"}}").replace('"good"', '"bad"')


class Conformance(CommandTest):
    def test_cases_pass_and_fail(self):
        self.write("cases/seed.jsonl", GOOD + BAD)
        done = self.check(1, "conformance", "cases", "--report", "report", "--digests", "digests", out="FAIL seed.jsonl bad: ")
        self.assertEqual(done.stdout.splitlines()[-1], "1 passed, 1 failed")
        report = (self.folder / "report").read_text().splitlines()
        self.assertEqual([line.split(":")[0] for line in report], ["pass seed.jsonl good", "fail seed.jsonl bad"])
        self.assertRegex((self.folder / "digests").read_text(), r"\A[0-9a-f]+ seed.jsonl good\n\Z")
        self.check(1, "conformance", "cases/seed.jsonl", out="FAIL seed.jsonl bad: ")

    def test_listed_failures_are_not_counted(self):
        self.write("cases/seed.jsonl", GOOD + BAD)
        self.write("list", "# a reason\n\nseed.jsonl bad\n")
        self.check(0, "conformance", "cases", "--expected-failures", "list", out="1 failed as expected\n1 passed, 0 failed\n")

    def test_a_listed_case_that_passes_is_a_failure(self):
        self.write("cases/seed.jsonl", GOOD)
        self.write("list", "seed.jsonl good\n")
        self.check(1, "conformance", "cases", "--expected-failures", "list",
                   out="FAIL seed.jsonl good: passes, but is listed as an expected failure\n0 passed, 1 failed\n")

    def test_a_listed_case_that_is_not_there_is_a_failure(self):
        self.write("cases/seed.jsonl", GOOD)
        self.write("list", "seed.jsonl gone\n")
        self.check(1, "conformance", "cases", "--expected-failures", "list", out="FAIL seed.jsonl gone: listed as an expected "
                   "failure, but there is no such case\n1 passed, 1 failed\n")
        self.check(1, "conformance", "cases", "--expected-failures", "no", err="open no: no such file or directory")

    def test_no_cases_are_an_error(self):
        self.write("none/notes.txt", "")
        self.check(1, "conformance", "none", err="no case files below none")
        self.write("blank/cases.jsonl", "\n \n")
        self.check(1, "conformance", "blank", err="no cases to run below blank")

    def test_files_that_hold_no_case_fail_and_say_where(self):
        self.write("cases/a.jsonl", '\n{"name": x}\n')
        for name, content, message in (("b.json", "", "parse error at line 1, column 1"), ("c.json", "null", "but null"),
                                       ("d.json", "[]", "but array"), ("e.json", "{}", "not a case of a known format"),
                                       ("f.json", "{\n\xff", "parse error at line 2"), ("g.json", "[" * 100_000, "parse error"),
                                       ("h.json", '{"rules":1}', "cannot be run")):
            self.write("cases/" + name, content)
            self.check(1, "conformance", "cases/" + name, out=message)
        done = self.check(1, "conformance", "cases", out="FAIL a.jsonl: line 2 of the file: parse error at line 1, column 10")
        self.assertEqual(done.stdout.splitlines()[-1], "0 passed, 8 failed")

    def test_select_runs_cases_with_these_needs_only(self):
        self.write("cases/seed.jsonl", GOOD.replace("{", '{"needs":["a","b"],', 1))
        self.check(0, "conformance", "cases", "--select", "a,b,c", out="1 passed, 0 failed")
        self.check(1, "conformance", "cases", "--select", "a", err="no cases to run below cases")

    def test_timing_only_ignores_what_bodies_decide(self):
        path, case = next(passing_scrape_cases())
        commit = next(commit for commit in case["expected"]["commits"] if commit["appends"])
        commit["appends"].pop()
        self.write("samples/" + path.name, json.dumps(case))
        self.check(1, "conformance", "samples", out="0 passed, 1 failed")
        self.check(0, "conformance", "samples", "--timing-only", out="1 passed, 0 failed")
        commit["at_ns"] += 1
        self.write("times/" + path.name, json.dumps(case))
        self.check(1, "conformance", "times", "--timing-only", out="0 passed, 1 failed")


def listed():
    return {line for line in LISTED.read_text().splitlines() if line and not line.startswith("#")}


def passing_lines(path):
    """Cases of a file of lines that are expected to pass and need no other file."""
    known, prefix = listed(), path.relative_to(CASES).as_posix()
    cases = (json.loads(line) for line in path.read_text().splitlines())
    return [case for case in cases if f"{prefix} {case['name']}" not in known and "body_file" not in case]


def passing_scrape_cases():
    known = listed()
    for path in sorted((CASES / "scrape").glob("*.json")):
        if path.relative_to(CASES).as_posix() not in known:
            yield path, json.loads(path.read_text())


def leaves(value, path=()):
    """Paths of all values that hold no others."""
    if isinstance(value, (dict, list)) and value:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path


def changed(value, is_base64=False):
    if is_base64 and value:  # the last letters may hold bits that no byte has
        return ("B" if value[0] == "A" else "A") + value[1:]
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, str) and value:
        return value[:-1] + ("1" if value[-1] == "0" else "0")
    return ["x"] if isinstance(value, list) else {"x": "x"} if isinstance(value, dict) else "x"


def at(value, path):
    for key in path:
        value = value[key]
    return value


# Keys of floats' cases, whose expectations stand beside the question.
FLOAT_KEYS = ("text", "om", "text_t", "om_t", "le", "quantile", "g", "api")


def is_compared(case, path):
    """What the formats leave open: everything where upstream itself failed, text of comments, the transport's wording, tables of
    sets that nothing refers to. And what this storage does not write: the log of late samples, records and chunks of kinds that
    are not there yet."""
    if path[0] != "expected":
        return path[0] in FLOAT_KEYS
    if "fault" in case["expected"] or path[1:2] == ("stopped",):  # `stopped` repeats what the last entry says
        return False
    if path[1:2] == ("wal",):
        return len(path) > 2 and all(record[:2] in ("01", "02") for record in case["expected"]["wal"])
    if path[1:2] == ("entries",) and at(case, path[:3]).get("kind") == "comment":
        return path[-1] == "kind"
    if path[-1] == "last_error":
        return at(case, path[:-1])["last_error_kind"] not in ("transport", "timeout")
    return path not in (("expected", "label_sets"), ("expected", "header_sets")) and path[1:2] != ("wbl",)


def mutants(case):
    """The case once for each value that it expects, with that value changed."""
    for path in leaves(case):
        if not (path[0] == "expected" or "expected" not in case) or not is_compared(case, path):
            continue
        mutant = copy.deepcopy(case)
        holder = at(mutant, path[:-1])
        holder[path[-1]] = changed(holder[path[-1]], str(path[-1]).endswith("_b64"))
        mutant["name"] = f"{case['name']}@{'/'.join(map(str, path))}"
        yield mutant


class Comparers(CommandTest):
    """A comparer that looks away would let every case of its format pass."""
    CASES_OF_A_FILE = 8
    BYTES_MAX = 6000  # of a case, for its mutants are as many as its values

    def check_all_fail(self, count):
        self.assertGreater(count, 0)
        done = self.run_command("conformance", "mutants", "--report", "report")
        passing = [line for line in (self.folder / "report").read_text().splitlines() if line.startswith("pass ")]
        self.assertEqual((passing[:5], done.stdout.splitlines()[-1]), ([], f"0 passed, {count} failed"))

    def test_lines_with_any_changed_expectation_fail(self):
        for path in sorted(CASES.rglob("*.jsonl")):
            cases = [case for case in passing_lines(path) if len(json.dumps(case)) <= self.BYTES_MAX]
            if not any(True for case in cases for _ in mutants(case)):
                continue
            with self.subTest(path.relative_to(CASES)):
                cases.sort(key=lambda case: (len(json.dumps(case.get("expected", case))), case["name"]))
                half = self.CASES_OF_A_FILE // 2
                chosen = [mutant for case in cases[:half] + cases[half:][-half:] for mutant in mutants(case)]
                shutil.rmtree(self.folder / "mutants", ignore_errors=True)
                self.write("mutants/" + path.name, "".join(json.dumps(mutant) + "\n" for mutant in chosen))
                self.check_all_fail(len(chosen))

    def test_scrape_cases_with_any_changed_expectation_fail(self):
        count = 0
        cases = sorted(passing_scrape_cases(), key=lambda pair: (pair[0].stat().st_size, pair[0].name))
        for path, case in cases[:len(cases) // 2:12]:
            for mutant in mutants(case):
                self.write(f"mutants/{count}-{path.name}", json.dumps(mutant))
                count += 1
        self.check_all_fail(count)


def main():
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    program = pathlib.Path(sys.argv[1] if len(sys.argv) == 2 else CommandTest.program).resolve()
    if not program.is_file():
        sys.exit(f"{program} is not there: make build")
    CommandTest.program = program
    suite = unittest.defaultTestLoader.discover(pathlib.Path(__file__).parent, pattern="*_test.py")
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0).run(suite)
    # A test counts once, however many of its parts failed.
    failed = len({getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors})
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
