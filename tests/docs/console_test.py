#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of console.py, with sh for a program: pages that are right pass, and each way of being wrong fails. Ends with
`N passed, N failed`."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import console  # noqa: E402

RIGHT = {
    "the output": "$ printf 'a\\nb\\n'\na\nb",
    "left-out lines": "$ printf 'a\\nb\\nc\\nd\\n'\na\n...\nd",
    "left-out lines at the end": "$ printf 'a\\nb\\n'\na\n...",
    "left-out lines that are none": "$ printf 'a\\nb\\n'\na\n...\nb",
    "two gaps": "$ printf 'a\\nb\\nc\\nb\\nd\\n'\n...\nb\n...\nb\nd",
    "left-out text": "$ echo 'ok (114 samples, 7 ms)'\nok (114 samples, ... ms)",
    "how long it took": "$ echo '1 passed, 0.012 s (7 ms)'\n1 passed, 3.5 s (12 ms)",
    "no output in the page, exit code 0": "$ echo a",
    "both streams": "$ echo a; echo b >&2\na\nb",
    "the program": "$ stalemark -c 'echo a'\na",
    "the program as built": "$ build/gcc-release/stalemark -c 'echo a'\na",
    "exit code of the line before": "$ (echo a; exit 3)\na\n$ echo $?\n3",
    "a command of two lines": "$ echo a \\\n> b\na b",
    "a command that is not run": "$ make everything\n$ echo a\na",
    "what one command leaves for the next": "$ echo a > file\n$ cat file\na",
}
WRONG = {
    "another line": "$ printf 'a\\nb\\n'\na\nc",
    "a line too few in the page": "$ printf 'a\\nb\\n'\na",
    "a line too many in the page": "$ echo a\na\nb",
    "a line that comes before": "$ printf 'a\\nb\\n'\nb\n...",
    "after left-out lines another end": "$ printf 'a\\nb\\nc\\n'\na\n...\nb",
    "left-out text in another line": "$ echo 'ok (114 samples, 7 ms)'\nok (115 samples, ... ms)",
    "a time that is not how long it took": "$ echo 'at 7s'\nat 8s",
    "characters of patterns": "$ echo abc\na.c",
    "no output in the page, exit code 1": "$ false",
    "output in the page, none there": "$ true\na",
    "an unknown command": "$ no-such-command",
}
FILES = "```yaml sub/app.yml\nname: x\n```\n\n   ```console\n   $ cat sub/app.yml\n   name: x\n   ```\n"


class Console(unittest.TestCase):
    def results(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "page.md"
            path.write_text(text, encoding="utf-8")
            return list(console.Page(path, pathlib.Path("/bin/sh")).run())

    def test_right_pages_pass(self):
        for name, block in RIGHT.items():
            with self.subTest(name):
                results = self.results(f"A page.\n\n```console\n{block}\n```\n")
                self.assertTrue(results)
                self.assertEqual([wrong for _, _, wrong in results if wrong], [])

    def test_wrong_pages_fail(self):
        for name, block in WRONG.items():
            with self.subTest(name):
                self.assertTrue(any(wrong for _, _, wrong in self.results(f"```console\n{block}\n```\n")))

    def test_a_block_with_a_name_is_a_file(self):
        self.assertEqual([(line, wrong) for line, _, wrong in self.results(FILES)], [(6, "")])

    def test_a_difference_names_both_lines(self):
        (_, _, wrong), = self.results("```console\n$ printf 'a\\nb\\n'\na\nc\n```\n")
        self.assertIn("the page says:  c\nthe command:    b\n", wrong)

    def test_other_blocks_are_not_run(self):
        self.assertEqual(self.results("```yaml\n$ false\n```\n\n```\n$ false\n```\n"), [])

    def test_a_run_without_a_command_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "page.md"
            path.write_text("Nothing here.\n", encoding="utf-8")
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                self.assertEqual(console.main(["/bin/sh", str(path)]), 1)
        self.assertEqual(printed.getvalue(), "0 passed, 0 failed\n")


def main():
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0).run(unittest.defaultTestLoader.loadTestsFromTestCase(Console))
    failed = len({getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors})
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
