# SPDX-License-Identifier: Apache-2.0
import unittest

import traceability

SPEC = """
- LOOP-06 Aligned.
- PARSE-OM-17 Asking for the start time.
- WAL-01 Pages.
- WAL-02 Fragments.
text about LOOP-99
"""
UNTESTED = """
| IDs | why |
| --- | --- |
| WAL-01 to WAL-02 | the WAL on disk is another piece of work |
"""


class Check(unittest.TestCase):
    def messages(self, names, untested=UNTESTED):
        return [finding.message for finding in traceability.check(SPEC, untested, [("tests/x.cpp", name) for name in names])]

    def test_a_tested_or_excused_id_is_fine(self):
        self.assertEqual(self.messages(["LOOP_06_aligned", "upstream_OM_17_changes_parsing"]), [])

    def test_an_id_without_a_test_is_found(self):
        self.assertIn("PARSE-OM-17 stands in the name of no test", self.messages(["LOOP_06_aligned"])[0])

    def test_a_longer_number_is_another_id(self):
        self.assertIn("LOOP-06", self.messages(["LOOP_061_x", "OM_17_x"])[0])

    def test_several_ids_in_one_name(self):
        self.assertEqual(self.messages(["LOOP_06_OM_17_both"]), [])

    def test_numbers_of_one_prefix_follow_each_other(self):
        known = {"LOOP_05": "LOOP-05", "LOOP_06": "LOOP-06", "OM_17": "PARSE-OM-17"}
        self.assertEqual(traceability.ids_in("LOOP_05_06_late_by_10_ms_OM_17", known), ["LOOP-05", "LOOP-06", "PARSE-OM-17"])

    def test_an_excuse_for_what_is_tested_is_found(self):
        self.assertEqual(self.messages(["LOOP_06_OM_17_x", "WAL_02_fragments"]), ["WAL-02 has a test: WAL_02_fragments"])

    def test_an_excuse_for_no_id_is_found(self):
        self.assertIn("no ID LOP-06", self.messages(["LOOP_06_OM_17_x"], UNTESTED + "| LOP-06 | typo |\n")[0])


if __name__ == "__main__":
    unittest.main()
