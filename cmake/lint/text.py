# SPDX-License-Identifier: Apache-2.0
"""Every source opens with its licence; no file names a path of one machine; no note of things left to do."""
import re

from source import Finding, read, tree

LICENSED = (".cpp", ".h", ".go", ".py", ".sh", ".js", ".mjs", ".ts")
SPDX = "SPDX-License-Identifier: Apache-2.0"
_MACHINE = re.compile(r"(?<![\w.)}/-])/(?:work|root|home/\w+|Users/\w+)/")
# Spelled in two parts, so that this file passes its own check.
_LEFT = re.compile(r"\b(?:TO" "DO|FIX" "ME|X" r"XX|HA" r"CK)\b")
_BINARY = (".png", ".ico", ".wasm", ".gz", ".pb")


def check(path, text):
    findings = []
    if path.endswith(LICENSED):
        head = text.split("\n", 2)[:2]
        if not any(SPDX in line for line in (head if head[0].startswith("#!") else head[:1])):
            findings.append(Finding(path, 1, f"the first line (the second after #!) must say {SPDX}"))
    for number, line in enumerate(text.split("\n"), 1):
        if _MACHINE.search(line):
            findings.append(Finding(path, number, f"names a path of one machine: {_MACHINE.search(line).group(0)}"))
        if _LEFT.search(line):
            findings.append(Finding(path, number, f"{_LEFT.search(line).group(0)}: do it, or open an issue"))
    return findings


def run():
    findings = []
    for path in tree():
        if not path.endswith(_BINARY) and path != "LICENSE" and not path.startswith("cmake/lint/tests/"):
            findings += check(path, read(path))
    return findings
