# SPDX-License-Identifier: Apache-2.0
"""`stalemark test --seeds` and what plays one of the seeds again: `run --seed`, `--save-plan`, `--plan`."""
import json
import re
import shlex
import unittest

from command_case import ROOT, SCENARIO, CommandTest

NODE = ROOT / "fixtures" / "scenarios" / "node_exporter" / "scenario.yml"


class Seeds(CommandTest):
    def digests(self, *arguments):
        done = self.check(0, "run", SCENARIO, "--format", "digest", *arguments)
        return done.stdout

    def test_a_line_for_each_scenario_and_digests_for_each_seed(self):
        self.check(0, "test", "--seeds", "3-5", "--digests", "d.txt", SCENARIO, NODE, out=r"2 passed, 0 failed")
        lines = (self.folder / "d.txt").read_text().splitlines()
        self.assertEqual([line.split(" ")[1] for line in lines], ["3", "4", "5"] * 2)
        self.assertEqual(len(set(line.split(" ")[3] for line in lines)), 6)
        store, trace = re.findall(r"[0-9a-f]{16}", self.digests("--seed", "4"))
        self.assertEqual(lines[1].split(" ")[2:], [store, trace])

    def test_a_saved_plan_and_a_trace_play_the_same_run(self):
        drawn = self.digests("--seed", "7", "--save-plan", "plan.yml")
        self.assertEqual(self.digests("--plan", "plan.yml"), drawn)
        self.check(0, "run", SCENARIO, "--seed", "7", "--format", "trace", "-o", "run.trace")
        self.assertEqual(self.digests("--plan", "run.trace"), drawn)
        self.assertNotEqual(self.digests(), drawn)

    def test_expectations_that_hold_under_seeds_are_judged(self):
        text = SCENARIO.read_text()
        self.write("s.yml", text + "  under_seeds: true\nfaults: {swarm: {enabled: [refuse], rate: 1/1}}\n")
        done = self.check(1, "test", "--seeds", "2", "s.yml", out="0 passed, 1 failed")
        self.assertIn("seed 1: ", done.stdout)
        self.assertIn("next: stalemark run s.yml --seed 1 plays it again", done.stdout)
        done = self.check(1, "run", "s.yml", "--seed", "2", out="FAILED")
        # What it says to ask next tells of the same run; without the seed it would tell of another.
        command = shlex.split(re.search(r"next: stalemark (explain .* --seed 2)$", done.stdout, re.MULTILINE).group(1))
        seeded = self.check(0, *command, out="fault: refuse on").stdout
        self.assertNotEqual(self.check(0, *command[:-2]).stdout, seeded)

    def test_all_seeds_are_played_however_many_fail(self):
        text = SCENARIO.read_text()
        self.write("s.yml", text + "  under_seeds: true\nfaults: {swarm: {enabled: [refuse], rate: 1/1}}\n")
        done = self.check(1, "test", "--seeds", "30", "--digests", "d.txt", "--json", "r.json", "s.yml", out="30 of 30 seeds fail")
        self.assertEqual(len((self.folder / "d.txt").read_text().splitlines()), 30)
        self.assertNotIn("seed 11: ", done.stdout)
        result = json.loads((self.folder / "r.json").read_text())["scenarios"][0]
        self.assertEqual((len(result["seeds"]), len(result["expectations"])), (30, 4))

    def test_expectations_that_are_not_judged_are_named(self):
        self.check(0, "test", "--seeds", "1", SCENARIO, out="what it expects is not judged under seeds")

    def test_wrong_arguments(self):
        for seeds in ("0", "x", "9-7", "-1"):
            self.check(2, "test", f"--seeds={seeds}", SCENARIO, err="expected a number of seeds or a range such as 7-9")
        self.check(2, "test", "--digests", "d.txt", SCENARIO, err="--digests: needs --seeds")
        self.check(2, "run", "--seed", "1", "--plan", "p.yml", SCENARIO, err="excludes")
        self.check(1, "run", "--plan", "gone.yml", SCENARIO, err="gone.yml: no such file or directory")
        self.write("p.yml", "seed: 1\nevents: [{at: 1d, pause: 1s}]\n")
        self.check(1, "run", "--plan", "p.yml", SCENARIO, err="p.yml:2:15: found a time behind the end of the run")


if __name__ == "__main__":
    unittest.main()
