# SPDX-License-Identifier: Apache-2.0
"""What the lints share: the files of the tree, a finding, and C++ text without comments and literals."""
import pathlib
import re
import subprocess
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]
CPP = (".cpp", ".h")
OUR_CODE = ("core/", "sim/", "live/", "cli/", "wasm/", "tests/", "benchmarks/")
# Recorded data: what others wrote, byte for byte.
DATA = ("tests/conformance/", "fixtures/node_exporter/bodies/")


class Finding(NamedTuple):
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


def tree():
    """Paths of the project's files, relative to its root: what git tracks and what it would."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True).stdout.decode()
    paths = sorted(set(listed.split("\0")) - {""})
    return [path for path in paths if not path.startswith(DATA) and (ROOT / path).is_file()]


def read(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


_TOKENS = re.compile(
    r"""//[^\n]*                                        # line comment
      | /\*.*?\*/                                       # block comment
      | (?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"   # raw text
      | "(?:[^"\\\n]|\\.)*"
      | (?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)+'             # not a digit separator
    """, re.VERBOSE | re.DOTALL)


def blank(text):
    """Comments become blanks, literals an empty pair of quotes and blanks; lines and columns stay where they are. The paths
    of #include "..." stay."""
    def replace(match):
        token = match.group(0)
        begin = text.rfind("\n", 0, match.start()) + 1
        if token.startswith('"') and re.match(r"\s*#\s*include\s*$", text[begin:match.start()]):
            return token
        covered = re.sub(r"[^\n]", " ", token)
        if token.startswith(("//", "/*")):
            return covered
        quote = token[-1]
        return quote + covered[1:-1] + quote
    return _TOKENS.sub(replace, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
