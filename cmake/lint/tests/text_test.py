# SPDX-License-Identifier: Apache-2.0
import unittest

import source
import text

LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"


class Licence(unittest.TestCase):
    def test_first_line_or_second_after_an_interpreter(self):
        for path, content in (("core/a.h", LICENCE + "#pragma once\n"), ("cmake/a.py", "# SPDX-License-Identifier: Apache-2.0\n"),
                              ("cmake/a.sh", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n"), ("README.md", "# stalemark\n")):
            with self.subTest(path):
                self.assertEqual(text.check(path, content), [])

    def test_missing_or_late(self):
        for path, content in (("core/a.h", "#pragma once\n"), ("core/a.cpp", "\n" + LICENCE), ("core/b.cpp", ""),
                              ("cmake/a.py", "#!/usr/bin/env python3\n\n# SPDX-License-Identifier: Apache-2.0\n")):
            with self.subTest(path):
                self.assertEqual([finding.line for finding in text.check(path, content)], [1])


class Words(unittest.TestCase):
    def test_machine_paths(self):
        for line in ("see /work/main/core", "x = '/root/.cache'", "cd /home/anna/src", "open /Users/anna/x"):
            with self.subTest(line):
                self.assertEqual([finding.line for finding in text.check("docs/a.md", "fine\n" + line)], [2])

    def test_other_paths(self):
        for line in ("/usr/share/nodejs", "https://example.com/work/items", "a/work/b", "tests/root/x", "$HOME/work/x", "/homepage/x/"):
            with self.subTest(line):
                self.assertEqual(text.check("docs/a.md", line), [])

    def test_notes_of_things_left(self):
        for word in ("TODO", "FIXME"):
            with self.subTest(word):
                self.assertEqual(len(text.check("docs/a.md", f"later ({word}: this)")), 1)
        self.assertEqual(text.check("docs/a.md", "TODOS and todo lists, XXXX"), [])


class Blank(unittest.TestCase):
    def test_lines_and_columns_stay(self):
        code = 'int a; // one\nauto b = "two\\"" + R"(three\n)" + f(\'}\'); /* four\n*/ int c;\n'
        blanked = source.blank(code)
        self.assertEqual(len(blanked), len(code))
        self.assertEqual(blanked.count("\n"), code.count("\n"))
        self.assertEqual(blanked.index("int c"), code.index("int c"))
        for word in ("one", "two", "three", "four", "}"):
            self.assertNotIn(word, blanked)

    def test_digit_separators_open_no_literal(self):
        self.assertIn("int next", source.blank("int x = 1'000; int next = 2'000;"))

    def test_include_paths_stay(self):
        self.assertIn("core/a.h", source.blank('#include "core/a.h"\nauto x = "core/b.h";'))
        self.assertNotIn("core/b.h", source.blank('#include "core/a.h"\nauto x = "core/b.h";'))


if __name__ == "__main__":
    unittest.main()
