# SPDX-License-Identifier: Apache-2.0
"""Length limits: files 600 lines, headers 300, tests 800, functions 70 from the first line of their head to the last brace.

Functions are found by their braces in code laid out by clang-format: a body's brace follows a blank, the brace of an
initialiser (`a_{1}`) does not. Lambdas and local classes count towards the function around them.
"""
import re

from source import CPP, OUR_CODE, Finding, blank, line_of, read, tree

FILE_LINES, HEADER_LINES, TEST_LINES, FUNCTION_LINES = 600, 300, 800, 70
CODE = CPP + (".go", ".py", ".sh", ".js", ".mjs", ".ts", ".cmake")
_ACCESS = re.compile(r"^(\s*(public|private|protected)\s*:)*\s*")
_PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")


def file_limit(path):
    if path.startswith("tests/") and path.endswith(".cpp"):
        return TEST_LINES
    return HEADER_LINES if path.endswith(".h") else FILE_LINES


def is_body(head, before):
    """True when a brace after this head (the text since the last statement or scope) opens a function's body."""
    if not before.isspace() or "(" not in head or head.count("(") != head.count(")"):
        return False  # no function, or the brace of a default argument
    without_templates = re.sub(r"template\s*<.*?>\s*(?=\w)", "", head, flags=re.DOTALL)
    if _SCOPE.search(without_templates.split("(")[0]):
        return False
    without_operators = re.sub(r"operator\s*[^\s\w(]+", "operator", without_templates)
    return "=" not in without_operators.split("(")[0]  # with it a table, not a function


def functions(text):
    """(first line, last line) of every function body with its head, outermost only."""
    code = _PREPROCESSOR.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), blank(text))
    found, depth_inside, begin, head_start, initialiser = [], 0, 0, 0, 0
    for match in re.finditer(r"[{};]", code):
        at, char = match.start(), match.group(0)
        if depth_inside:
            depth_inside += {"{": 1, "}": -1}.get(char, 0)
            if depth_inside == 0:
                found.append((line_of(code, begin), line_of(code, at)))
                head_start = at + 1
        elif initialiser:
            initialiser += {"{": 1, "}": -1}.get(char, 0)
        elif char == "{":
            head = code[head_start:at]
            if is_body(head, code[at - 1:at]):
                begin = head_start + _ACCESS.match(head).end()
                depth_inside = 1
            elif _SCOPE.search(head.split("(")[0]) or not head.strip():
                head_start = at + 1
            else:
                initialiser = 1  # the head goes on behind it
        else:
            head_start = at + 1
    return found


def check(path, text):
    findings = []
    lines, limit = text.count("\n") + (not text.endswith("\n")), file_limit(path)
    if lines > limit:
        findings.append(Finding(path, limit + 1, f"{lines} lines, at most {limit}: split the file by what its parts do"))
    if path.endswith(CPP):
        for first, last in functions(text):
            if last - first + 1 > FUNCTION_LINES:
                findings.append(Finding(path, first, f"function of {last - first + 1} lines, at most {FUNCTION_LINES}"))
    return findings


def run():
    findings = []
    for path in tree():
        if path.endswith(CODE) and (path.startswith(OUR_CODE) or not path.endswith(CPP)):
            findings += check(path, read(path))
    return findings
