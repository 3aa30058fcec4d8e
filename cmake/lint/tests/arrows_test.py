# SPDX-License-Identifier: Apache-2.0
import unittest

import arrows

CMAKE = """
# stalemark_folder(core/ghost USES core/scrape)
stalemark_folder(core/text)
stalemark_folder(core/model USES core/text LINK stalemark::xxhash)
stalemark_folder(core/scrape
  USES core/model)
stalemark_folder(sim USES core/scrape LINK stalemark::json)
stalemark_folder(cli USES sim LINK stalemark::cli11 PROGRAM stalemark)
"""


class ParseArrows(unittest.TestCase):
    def test_uses_are_transitive_and_link_is_not_a_folder(self):
        self.assertEqual(arrows.parse_arrows(CMAKE), {
            "core/text": set(),
            "core/model": {"core/text"},
            "core/scrape": {"core/model", "core/text"},
            "sim": {"core/scrape", "core/model", "core/text"},
            "cli": {"sim", "core/scrape", "core/model", "core/text"},
        })

    def test_the_longest_folder_owns_a_path(self):
        declared = {"core": set(), "core/scrape": set()}
        self.assertEqual(arrows.owner("core/scrape/loop.h", declared), "core/scrape")
        self.assertEqual(arrows.owner("core/other/loop.h", declared), "core")
        self.assertEqual(arrows.owner("live/loop.h", declared), "live")


class Declared(unittest.TestCase):
    def test_the_arrows_of_a_tree_are_accepted(self):
        self.assertEqual(arrows.check_declared(arrows.parse_arrows(CMAKE)), [])

    def test_core_may_not_use_sim(self):
        findings = arrows.check_declared(arrows.parse_arrows("stalemark_folder(core/scrape USES sim) stalemark_folder(sim)"))
        self.assertIn("core/scrape must not use sim", findings[0].message)

    def test_live_may_not_use_sim_nor_cli(self):
        for used in ("sim", "cli", "wasm"):
            with self.subTest(used):
                self.assertEqual(len(arrows.check_declared({"live": {used}})), 1)

    def test_a_circle_is_found(self):
        circle = "stalemark_folder(core/a USES core/b) stalemark_folder(core/b USES core/a)"
        self.assertIn("circle", arrows.check_declared(arrows.parse_arrows(circle))[0].message)


class Includes(unittest.TestCase):
    declared = arrows.parse_arrows(CMAKE)

    def messages(self, path, text):
        return [finding.message for finding in arrows.check(path, text, self.declared)]

    def test_allowed(self):
        for path, include in (("core/model/labels.cpp", "core/model/labels.h"), ("core/scrape/loop.cpp", "core/text/utf8.h"),
                              ("cli/main.cpp", "core/model/labels.h"), ("tests/core/text/utf8_test.cpp", "sim/network.h"),
                              ("benchmarks/scrape.cpp", "cli/render.h")):
            with self.subTest(path):
                self.assertEqual(self.messages(path, f'#include <vector>\n#include "{include}"\n'), [])

    def test_upward(self):
        for path, include in (("core/text/utf8.cpp", "core/model/labels.h"), ("core/scrape/loop.cpp", "sim/network.h"),
                              ("sim/network.cpp", "cli/render.h"), ("core/text/utf8.h", "tests/helper.h")):
            with self.subTest(path):
                self.assertIn("may not use", self.messages(path, f'#  include "{include}"\n')[0])

    def test_undeclared_sibling(self):
        declared = arrows.parse_arrows(CMAKE + "stalemark_folder(core/http USES core/model)")
        findings = arrows.check("core/scrape/a.cpp", '#include "core/http/url.h"', declared)
        self.assertIn("core/scrape may not use core/http", findings[0].message)

    def test_relative_to_the_file(self):
        self.assertIn("path from the root", self.messages("core/model/labels.cpp", '#include "labels.h"')[0])
        self.assertIn("path from the root", self.messages("core/model/labels.cpp", '#include "core/model/../text/utf8.h"')[0])

    def test_line_number_and_comments(self):
        text = '// #include "sim/network.h"\n/*\n#include "sim/network.h"\n*/\n#include "sim/network.h"\n'
        findings = arrows.check("core/model/labels.cpp", text, self.declared)
        self.assertEqual([finding.line for finding in findings], [5])


if __name__ == "__main__":
    unittest.main()
