#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the lints' own tests, then the lints over the tree. Each test and each lint counts as one case; the last line is
`N passed, N failed`, the exit code 1 when one failed."""
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import arrows  # noqa: E402
import banned  # noqa: E402
import length  # noqa: E402
import text  # noqa: E402
import traceability  # noqa: E402


def main():
    suite = unittest.defaultTestLoader.discover(str(HERE / "tests"), pattern="*_test.py")
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0).run(suite)
    failed = len(result.failures) + len(result.errors)
    passed = result.testsRun - failed
    for lint in (arrows, banned, length, text, traceability):
        findings = lint.run()
        for finding in findings:
            print(finding)
        passed, failed = (passed + 1, failed) if not findings else (passed, failed + 1)
        print(f"lint {lint.__name__}: {len(findings) or 'no'} findings")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
