# SPDX-License-Identifier: Apache-2.0
"""`stalemark completion`: what bash offers, and what zsh and fish offer where they are installed."""
import re
import shutil
import subprocess
import unittest

from command_case import CommandTest

FORMATS = ["text", "json", "chrome", "openmetrics", "promtool", "expect", "digest", "trace"]


class Completion(CommandTest):
    def commands(self):
        return re.findall(r"^  (\w+)  ", self.check(0, "--help").stdout.split("Subcommands:")[1], re.MULTILINE)

    def script(self, shell):
        return self.write("script", self.check(0, "completion", shell).stdout)

    def shell(self, *arguments):
        done = subprocess.run(arguments, capture_output=True, timeout=60, cwd=self.folder, encoding="utf-8")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.split()

    def bash(self, *words):
        """What bash would offer for the last word."""
        script = self.script("bash")
        return self.shell("bash", "--norc", "-c", 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
                          '_stalemark; printf "%s\\n" "${COMPREPLY[@]}"', str(script), "stalemark", *words)

    def test_bash(self):
        for words, offered in ((("",), self.commands()), (("co",), ["completion", "conformance"]), (("--v",), ["--version"]),
                               (("run", "--format", ""), FORMATS), (("run", "--format", "=", "t"), ["text", "trace"]),
                               (("run", "--format", "="), FORMATS), (("run", "x.yml", "--out"), ["--output"]),
                               (("test", "--j"), ["--jobs", "--junit", "--json"]), (("test", "--junit", ""), []),
                               (("test", "fix"), []), (("check", "--format", "j"), ["json"]), (("completion", ""), ["bash", "zsh", "fish"]),
                               (("run", "-o", "run", "--fo"), ["--format"]), (("conformance", "--"), ["--help", "--report", "--digests",
                                "--expected-failures", "--timing-only", "--select"])):
            with self.subTest(words):
                self.assertEqual(self.bash(*words), offered)
        self.assertEqual(self.shell("bash", "--norc", "-c", 'source "$0"; complete -p stalemark', str(self.script("bash"))),
                         "complete -o default -F _stalemark stalemark".split())

    def test_every_option_of_every_help_is_offered(self):
        for command in self.commands():
            help_text = self.check(0, command, "--help").stdout
            for option in re.findall(r"^  (?:-\w,)?(--[a-z.-]+)", help_text, re.MULTILINE):
                with self.subTest((command, option)):
                    self.assertIn(option, self.bash(command, option))

    def test_zsh(self):
        script = self.script("zsh")
        self.assertTrue(script.read_text().startswith("#compdef stalemark\n"))
        if shutil.which("zsh"):
            self.shell("zsh", "-n", str(script))
            self.assertEqual(self.shell("zsh", "-f", "-c", f"autoload -U compinit; compinit -D; source {script}; "
                                        "print $_comps[stalemark]"), ["_stalemark"])

    def test_fish(self):
        script = self.script("fish")
        self.assertIn("complete -c stalemark -n __fish_use_subcommand -a run -d 'Play a scenario", script.read_text())
        if shutil.which("fish"):
            for line, offered in (("stalemark ", sorted(self.commands())), ("stalemark run --format=t", ["--format=text", "--format=trace"]),
                                  ("stalemark completion ", ["bash", "fish", "zsh"])):
                with self.subTest(line):
                    lines = subprocess.run(["fish", "--no-config", "-c", f"source {script}; complete -C '{line}'"], timeout=60,
                                           capture_output=True, encoding="utf-8", env={"HOME": str(self.folder), "PATH": "/usr/bin:/bin"})
                    self.assertEqual((sorted(text.split("\t")[0] for text in lines.stdout.splitlines()), lines.stderr), (offered, ""))

    def test_usage(self):
        self.check(2, "completion", err="SHELL is required")
        self.check(2, "completion", "tcsh", err="tcsh not in {bash,zsh,fish}")


if __name__ == "__main__":
    unittest.main()
