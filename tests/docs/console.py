#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs what markdown pages show: the commands of their ```console blocks, with the built command, in a copy of the tree. What
a command prints must be what the page says. Ends with `N passed, N failed`; a command is one case.

    tests/docs/console.py PROGRAM [PAGE...]

Without pages: README.md, docs/guides/*.md and the README.md of every folder below fixtures/scenarios.

    $ stalemark test scenario.yml        a command; its folder is that of the page, its shell sh
    > --and more of it                   goes on with the command
    ok    its name (... samples, 7 ms)   output, streams mixed; "..." stands for any text in a line
    ...                                  and on a line of its own for any lines

- Without output in the page, the command must end with 0, whatever it prints.
- How long something took, `7 ms` or `0.012 s`, may differ.
- `stalemark` and `build/gcc-release/stalemark` are PROGRAM. Lines that begin with `make` are not run.
- A block that names a file behind its language (```yaml app.yml) is that file for the commands below it.
- The commands of a page share one copy of the tree, in the order of the page.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPIED = ("README.md", "docs", "fixtures")
SECONDS_MAX = 60
BUILT = "build/gcc-release/stalemark"
ANY = "..."
TAKEN = r"\b\d+(?:\.\d+)? m?s\b"


class Command(NamedTuple):
    line: int
    text: str
    output: list


class File(NamedTuple):
    line: int
    name: str
    content: str


def blocks(text):
    """Fenced blocks of a page: line of the fence, the words behind it, the lines within."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        fence = re.match(r"( *)(`{3,})([^`]*)$", lines[at])
        begin, at = at, at + 1
        if not fence:
            continue
        indent, end = len(fence[1]), re.compile(r" *" + fence[2] + r"`* *$")
        content = []
        while at < len(lines) and not end.match(lines[at]):
            content.append(lines[at][indent:] if lines[at][:indent].isspace() else lines[at])
            at += 1
        at += 1
        yield begin + 1, fence[3].split(), content


def steps(text):
    """Commands and files of a page, in order."""
    for line, words, content in blocks(text):
        if len(words) == 2 and words[0] != "console":
            yield File(line, words[1], "\n".join(content) + "\n")
        if words[:1] != ["console"]:
            continue
        command = None
        for number, shown in enumerate(content, line + 1):
            if shown.startswith("$ "):
                if command:
                    yield command
                command = Command(number, shown[2:], [])
            elif command and not command.output and shown.startswith("> "):
                command = command._replace(text=f"{command.text}\n{shown[2:]}")
            elif command:
                command.output.append(shown)
        if command:
            yield command


def line_matches(expected, actual):
    pieces = (TAKEN.join(map(re.escape, re.split(TAKEN, piece))) for piece in expected.split(ANY))
    return re.fullmatch(".*".join(pieces), actual) is not None


def first_difference(expected, actual):
    """None if the lines match; else how many expected lines do, at best, and how many actual lines those are. Lines of dots match
    as few lines as possible; going back to the last of them is enough, as with patterns of file names."""
    want = have = best = best_have = 0
    dots = None
    while True:
        if want > best:
            best, best_have = want, have
        if want < len(expected) and expected[want] == ANY:
            want, dots = want + 1, (want + 1, have)
        elif want == len(expected) and have == len(actual):
            return None
        elif want < len(expected) and have < len(actual) and line_matches(expected[want], actual[have]):
            want, have = want + 1, have + 1
        elif dots and dots[1] < len(actual):
            dots = (dots[0], dots[1] + 1)
            want, have = dots
        else:
            return best, best_have


def judge(command, code, output):
    """What is wrong, in words; empty if nothing is."""
    expected = [line.rstrip() for line in command.output]
    while expected and not expected[-1]:
        expected.pop()
    actual = [line.rstrip() for line in output.rstrip("\n").split("\n")] if output.strip() else []
    if not expected:
        return "" if code == 0 else "\n".join([f"ended with {code}:", *actual])
    difference = first_difference(expected, actual)
    if difference is None:
        return ""
    want, have = difference
    missing = f"the page says:  {expected[want]}" if want < len(expected) else "the page says no more"
    found = f"the command:    {actual[have]}" if have < len(actual) else "the command prints no more"
    return "\n".join([missing, found, f"all it prints (it ended with {code}):", *(f"  {line}" for line in actual)])


class Page:
    """A page with a copy of the tree to run in."""

    def __init__(self, path, program):
        self.path, self.program = path.resolve(), program

    def run(self):
        """Yields line, command and what is wrong for each command."""
        with tempfile.TemporaryDirectory(prefix="stalemark-docs-") as folder:
            tree = pathlib.Path(folder) / "tree"
            tree.mkdir()
            for name in COPIED:
                if (ROOT / name).is_dir():
                    shutil.copytree(ROOT / name, tree / name)
                else:
                    shutil.copy(ROOT / name, tree / name)
            inside = ROOT in self.path.parents
            here = (tree / self.path.relative_to(ROOT)).parent if inside else pathlib.Path(folder) / "page"
            here.mkdir(parents=True, exist_ok=True)
            programs = pathlib.Path(folder) / "bin"
            programs.mkdir()
            (programs / "stalemark").symlink_to(self.program)
            code = 0
            for step in steps(self.path.read_text(encoding="utf-8")):
                if isinstance(step, File):
                    (here / step.name).parent.mkdir(parents=True, exist_ok=True)
                    (here / step.name).write_text(step.content, encoding="utf-8")
                elif not step.text.startswith("make"):
                    code, output = self.shell(here, programs, step.text, code)
                    yield step.line, step.text, judge(step, code, output)

    @staticmethod
    def shell(here, programs, text, code):
        """Runs a line; $? is the exit code of the line before."""
        script = f"(exit {code})\n{text.replace(BUILT, 'stalemark')}"
        environment = {"PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "HOME": str(here)}
        try:
            done = subprocess.run(["sh", "-c", script], cwd=here, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=SECONDS_MAX, encoding="utf-8", errors="replace", check=False)
        except subprocess.TimeoutExpired:
            return 124, f"not over after {SECONDS_MAX} s\n"
        return done.returncode, done.stdout


def pages():
    return [ROOT / "README.md", *sorted((ROOT / "docs/guides").glob("*.md")), *sorted((ROOT / "fixtures/scenarios").glob("**/README.md"))]


def main(arguments):
    if not arguments:
        sys.exit(__doc__)
    program = pathlib.Path(arguments[0]).resolve()
    passed = failed = 0
    for path in map(pathlib.Path, arguments[1:] or pages()):
        for line, text, wrong in Page(path, program).run():
            passed, failed = (passed, failed + 1) if wrong else (passed + 1, failed)
            if wrong:
                print(f"{path}:{line}: $ {text}\n  " + wrong.replace("\n", "\n  "))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
