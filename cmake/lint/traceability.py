# SPDX-License-Identifier: Apache-2.0
"""Every ID of the specification stands in the name of a test, or in docs/spec/untested.md with the reason.

An ID in a test's name has underscores and no `PARSE-`: LOOP-06 is LOOP_06, PARSE-OM-17 is OM_17; further numbers of the same
prefix may follow: TEXT_06_07_names is two IDs. Run as a program it prints the table: ID, tests, recorded cases that cover it.
"""
import json
import re
import sys

from source import ROOT, Finding, line_of, read, tree

SPEC = "docs/spec/scrape-semantics.md"
UNTESTED = "docs/spec/untested.md"
ID = r"[A-Z]+(?:-[A-Z]+)?-\d+"
TEST_NAMES = (re.compile(r"BOOST_(?:AUTO|FIXTURE|DATA)_TEST_CASE(?:_TEMPLATE)?\(\s*(\w+)"), re.compile(r"\bdef (test_\w+)"))


def spec_ids(text):
    """ID -> line, in the order of the text."""
    found = {}
    for match in re.finditer(rf"^- ({ID})\b", text, re.MULTILINE):
        found.setdefault(match.group(1), line_of(text, match.start()))
    return found


def untested_ids(text):
    """ID -> reason. A row is `| ID, ID to ID | reason |`; a range is within one prefix."""
    found = {}
    for row in re.finditer(r"^\|([^|\n]+)\|([^|\n]+)\|$", text, re.MULTILINE):
        for part in row.group(1).split(","):
            ends = re.findall(ID, part)
            if len(ends) == 2:
                prefix, first = ends[0].rsplit("-", 1)
                last = ends[1].rsplit("-", 1)[1]
                for number in range(int(first), int(last) + 1):
                    found[f"{prefix}-{number:0{len(first)}}"] = row.group(2).strip()
            elif ends:
                found[ends[0]] = row.group(2).strip()
    return found


def in_names(spec_id):
    """The ID as tests write it."""
    return spec_id.removeprefix("PARSE-").replace("-", "_")


def test_names(paths=None):
    """[(path, name)] of all tests."""
    names = []
    for path in paths if paths is not None else tree():
        if path.startswith("tests/") and path.endswith((".cpp", ".h", ".py")):
            text = read(path)
            for pattern in TEST_NAMES:
                names += [(path, name) for name in pattern.findall(text)]
    return names


def ids_in(name, known):
    """The IDs in a test's name. `known`: words of an ID (LOOP_06) -> ID."""
    prefixes = {words.rsplit("_", 1)[0] for words in known}
    found = []
    for match in re.finditer(r"(?<![A-Za-z0-9])([A-Z]+)((?:_\d\d)+)(?!\d)", name):
        if match.group(1) in prefixes:
            numbers = match.group(2)[1:].split("_")
            found += [known[words] for words in (f"{match.group(1)}_{number}" for number in numbers) if words in known]
    return found


def tests_by_id(ids, names):
    """ID -> [(path, name)]."""
    tests = {spec_id: [] for spec_id in ids}
    known = {in_names(spec_id): spec_id for spec_id in ids}
    for path, name in names:
        for spec_id in dict.fromkeys(ids_in(name, known)):
            tests[spec_id].append((path, name))
    return tests


def check(spec, untested, names):
    ids, excused = spec_ids(spec), untested_ids(untested)
    tests = tests_by_id(ids, names)
    findings = [Finding(SPEC, line, f"{spec_id} stands in the name of no test; test it, or say in {UNTESTED} why not")
                for spec_id, line in ids.items() if not tests[spec_id] and spec_id not in excused]
    findings += [Finding(UNTESTED, 1, f"{spec_id} has a test: {tests[spec_id][0][1]}") for spec_id in excused if tests.get(spec_id)]
    # Ranges may span numbers that the specification left free.
    prefixes = {spec_id.rsplit("-", 1)[0] for spec_id in ids}
    findings += [Finding(UNTESTED, 1, f"no ID {spec_id} in {SPEC}") for spec_id in excused
                 if spec_id.rsplit("-", 1)[0] not in prefixes]
    return findings


def run():
    return check(read(SPEC), read(UNTESTED), test_names())


def covering_cases():
    """ID -> names of recorded cases."""
    cases = {}
    for path in sorted((ROOT / "tests" / "conformance").rglob("*.json*")):
        for line in [path.read_text(encoding="utf-8")] if path.suffix == ".json" else path.open(encoding="utf-8"):
            test = json.loads(line) if line.strip() else None
            if isinstance(test, dict):
                for spec_id in test.get("covers") or ():
                    cases.setdefault(spec_id, []).append(f"{path.parent.name}/{test.get('name', path.stem)}")
    return cases


def main():
    ids, excused, cases = spec_ids(read(SPEC)), untested_ids(read(UNTESTED)), covering_cases()
    tests = tests_by_id(ids, test_names())
    print("| ID | test | recorded cases |\n| --- | --- | --- |")
    for spec_id in ids:
        found = tests[spec_id]
        told = f"{found[0][1]}" + (f" and {len(found) - 1} more" if len(found) > 1 else "") if found else \
            f"none: {excused.get(spec_id, 'MISSING')}"
        covered = cases.get(spec_id, [])
        print(f"| {spec_id} | {told} | {len(covered)}{': ' + covered[0] if covered else ''} |")
    tested = sum(1 for spec_id in ids if tests[spec_id])
    print(f"\n{len(ids)} IDs: {tested} with a test, {len(ids) - tested} without")
    return 0


if __name__ == "__main__":
    sys.exit(main())
