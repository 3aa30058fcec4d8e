# SPDX-License-Identifier: Apache-2.0
"""Includes point one way: a folder may include itself, and what its USES in CMakeLists.txt gives it, also indirectly.

tests/ and benchmarks/ may include everything; core/ nothing of ours but core/. Above core the arrows are fixed:
cli, wasm -> sim, live -> core.
"""
import posixpath
import re

from source import CPP, OUR_CODE, Finding, blank, line_of, read, tree

ABOVE_CORE = {"sim": {"core"}, "live": {"core"}, "cli": {"sim", "live", "core"}, "wasm": {"sim", "live", "core"}}
UNCHECKED = ("tests", "benchmarks")


def parse_arrows(cmake):
    """CMakeLists.txt -> {folder: all folders that it may use, indirect ones included}."""
    direct = {}
    without_comments = re.sub(r"#[^\n]*", "", cmake)
    for call in re.finditer(r"stalemark_folder\(([^)]*)\)", without_comments):
        words = call.group(1).split()
        used, keyword = set(), None
        for word in words[1:]:
            if word in ("NATIVE", "USES", "LINK", "PROGRAM"):
                keyword = word
            elif keyword == "USES":
                used.add(word)
        direct.setdefault(words[0], set()).update(used)
    arrows = {}
    for folder in direct:
        reached, ahead = set(), list(direct[folder])
        while ahead:
            step = ahead.pop()
            if step not in reached:
                reached.add(step)
                ahead.extend(direct.get(step, ()))
        arrows[folder] = reached
    return arrows


def owner(path, arrows):
    """The declared folder that holds the path: the longest one, or the first part of the path."""
    holders = [folder for folder in arrows if path.startswith(folder + "/")]
    return max(holders, key=len) if holders else path.split("/")[0]


def check_declared(arrows):
    """The declared arrows themselves: no cycle, nothing that points up."""
    findings = []
    for folder, used in sorted(arrows.items()):
        if folder in used:
            findings.append(Finding("CMakeLists.txt", 1, f"{folder} uses itself in a circle"))
        top = folder.split("/")[0]
        for target in sorted(used):
            if target.split("/")[0] not in {top} | ABOVE_CORE.get(top, set()):
                findings.append(Finding("CMakeLists.txt", 1, f"{folder} must not use {target}: arrows point down to core"))
    return findings


def check(path, text, arrows):
    folder = owner(path, arrows)
    if folder.split("/")[0] in UNCHECKED:
        return []
    findings = []
    for include in re.finditer(r'^\s*#\s*include\s*"([^"]+)"', blank(text), re.MULTILINE):
        target, line = include.group(1), line_of(text, include.start(1))
        if posixpath.normpath(target) != target or not target.startswith(OUR_CODE):
            findings.append(Finding(path, line, f'"{target}": include our headers by their path from the root of the project'))
            continue
        used = owner(target, arrows)
        if used != folder and used not in arrows.get(folder, ()):
            findings.append(Finding(path, line, f'"{target}": {folder} may not use {used} (USES in CMakeLists.txt)'))
    return findings


def run():
    arrows = parse_arrows(read("CMakeLists.txt"))
    findings = check_declared(arrows)
    for path in tree():
        if path.endswith(CPP) and path.startswith(OUR_CODE):
            findings += check(path, read(path), arrows)
    return findings
