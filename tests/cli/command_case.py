# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command share: a folder for each test, and a short way to run the command."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "fixtures" / "scenarios" / "sample-limit.yml"
SECONDS_MAX = 60


class CommandTest(unittest.TestCase):
    program = ROOT / "build" / "gcc-release" / "stalemark"

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="stalemark-cli-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run_command(self, *arguments, **settings):
        return subprocess.run([str(self.program), *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL,
                              stdout=settings.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, timeout=SECONDS_MAX,
                              encoding="utf-8", errors="replace", **settings)

    def check(self, code, *arguments, out="", err=""):
        """Runs it: the exit code, and a part of what each stream must hold."""
        done = self.run_command(*arguments)
        everything = f"{done.args}\n{done.stdout}{done.stderr}"
        self.assertEqual(done.returncode, code, everything)
        self.assertIn(out, done.stdout, everything)
        self.assertIn(err, done.stderr, everything)
        self.assertNotIn("\x1b", done.stdout, "colours without a terminal")
        return done
