# SPDX-License-Identifier: Apache-2.0
"""What core/ must not call: it would read the machine, or give another result on another build.

Each rule names the seam or the helper to use instead. A line (or the line above it) with `lint: allow RULE because ...` in a
comment is left alone; the reason must be there.
"""
import re
from typing import NamedTuple

from source import CPP, Finding, blank, line_of, read, tree

LIBM = ("pow", "exp", "exp2", "exp10", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan",
        "atan2", "sinh", "cosh", "tanh", "cbrt", "hypot", "fma", "erf", "erfc", "tgamma", "lgamma", "round", "lround", "llround",
        "rint", "lrint", "llrint", "nearbyint", "remainder", "fmod")


class Rule(NamedTuple):
    name: str
    pattern: str
    instead: str


def call(*names):
    """A call of a free function, with arguments: not a member, not another namespace's, not a declared accessor."""
    return r"(?<![\w.:>])(?:std::|::)?(?:" + "|".join(names) + r")\s*\(\s*(?!\))"


def header(*names):
    return r"#\s*include\s*<(?:" + "|".join(names) + r")>"


RULES = [
    Rule("clock", r"\b(?:system_clock|steady_clock|high_resolution_clock|utc_clock)\b|"
         + header("ctime", "time\\.h", "sys/time\\.h") + "|" + call("gettimeofday", "clock_gettime", "localtime(?:_r)?", "gmtime(?:_r)?",
         "mktime", "strftime", "difftime") + r"|\bstd::time\s*\(|(?<![\w.:>])time\s*\(\s*(?:nullptr|NULL|0)\s*\)",
         "take the time from the Clock seam (core/seams/clock.h)"),
    Rule("sleep", r"\b(?:sleep_for|sleep_until)\b|" + call("sleep", "usleep", "nanosleep"),
         "arm a timer at the Scheduler seam (core/seams/scheduler.h)"),
    Rule("thread", r"\bstd::(?:thread|jthread|async|future|promise|mutex|shared_mutex|recursive_mutex|atomic\w*|condition_variable\w*|"
         r"call_once|once_flag)\b|\bthread_local\b|\bpthread_\w+|"
         + header("thread", "mutex", "shared_mutex", "atomic", "future", "condition_variable", "pthread\\.h", "semaphore", "latch"),
         "core is single-threaded; threads live in live/ and hand over complete bodies"),
    Rule("random", r"\bstd::(?:random_device|mt19937(?:_64)?|default_random_engine|minstd_rand0?|shuffle|sample|\w+_distribution)\b|"
         + header("random", "boost/random[^>]*") + "|" + call("rand", "srand", "random", "drand48", "arc4random", "getrandom"),
         "ask the Choices seam (core/seams/choices.h)"),
    Rule("locale", r"\bstd::(?:locale|regex|stod|stof|stold|strto(?:d|f|ld)|basic_regex|o?i?stringstream)\b|"
         + header("locale", "clocale", "locale\\.h", "regex", "cctype", "ctype\\.h", "cwctype", "sstream") + "|"
         + call("setlocale", "localeconv", "strto(?:d|f|ld)", "atof", "isalpha", "isdigit", "isalnum", "isspace", "isupper", "islower",
                "isprint", "isxdigit", "ispunct", "tolower", "toupper", "strcoll"),
         "the result depends on the locale: use core/text/, fast_float, fmt or RE2"),
    Rule("environment", call("getenv", "secure_getenv", "setenv", "putenv", "unsetenv") + r"|(?<![\w.:>])environ\b",
         "the environment is an input of the configuration loader"),
    Rule("stdio", r"\bstd::(?:cout|cerr|clog|cin|f?printf|puts|FILE)\b|" + header("cstdio", "stdio\\.h", "iostream", "print") + "|" + call("printf", "fprintf", "vprintf", "sprintf", "snprintf", "vsnprintf", "puts", "fputs",
         "putchar", "sscanf", "fmt::print"),
         "report through the TraceSink seam (core/seams/trace_sink.h); make text with fmt::format"),
    Rule("file", r"\bstd::(?:filesystem|[io]?fstream)\b|" + header("filesystem", "fstream", "fcntl\\.h", "unistd\\.h", "sys/\\w+\\.h",
         "dirent\\.h", "boost/filesystem[^>]*") + "|" + call("fopen", "freopen", "opendir", "mmap"),
         "read through the Files seam (core/seams/files.h)"),
    Rule("socket", header("sys/socket\\.h", "netinet/[^>]*", "arpa/[^>]*", "netdb\\.h", "curl/[^>]*", "boost/asio[^>]*", "poll\\.h") + "|"
         + call("getaddrinfo", "gethostname", "gethostbyname", "inet_pton", "inet_ntop", "inet_addr"),
         "exchange through the Transport seam (core/seams/transport.h)"),
    Rule("libm", call(*(name + "[fl]?" for name in LIBM)),
         "it differs between C libraries in the last bits: only sqrt, floor, ceil, frexp and ldexp, or a table"),
    Rule("hash", r"\bstd::(?:hash\s*<|unordered_\w+)|\bboost::hash\b",
         "its order differs between libraries: boost::unordered_flat_map for looking up, a sorted container for what is walked"),
    Rule("width", r"\b(?:unsigned\s+|signed\s+)?long\b(?!\s+double)|\blong\s+double\b",
         "its width differs between builds: use std::int64_t or std::uint64_t"),
    Rule("state", r"\bstatic\s+(?!const\b|constexpr\b|constinit\s+const\b|inline\s+const)[^()=;{}\[]*[=;{\[]",
         "no process-wide mutable state: keep it in an object, or make it constexpr"),
]
_COMPILED = [(rule, re.compile(rule.pattern)) for rule in RULES]
_FLAT = re.compile(r"\bunordered_(?:flat|node)?_?(?:map|set|multimap)\s*<[^;{}()]*>\s+(\w+)\s*[;={]")
ORDER = Rule("order", "", "a hash table is walked in an order that differs between builds: keep what is walked in a sorted container")


def allowed(lines, line, rule):
    above = lines[max(0, line - 2):line]
    return any(re.search(rf"lint: allow {rule} because \w+", text) for text in above)


def walks(code, declarations):
    """Offsets where a hash table is walked: a range-for over it, or its begin()."""
    names = set(_FLAT.findall(code)) | set(_FLAT.findall(declarations))
    for name in sorted(names):
        for walk in re.finditer(rf"for\s*\([^;)]*:\s*(?:\w+(?:\.|->))*{name}\s*\)|\b{name}\.c?begin\s*\(", code):
            yield walk.start()


def check(path, text, declarations=""):
    """declarations: text of the header that belongs to a source, whose members it walks."""
    if not path.startswith("core/"):
        return []
    code, lines, findings = blank(text), text.split("\n"), []
    for rule, pattern in _COMPILED:
        for match in pattern.finditer(code):
            line = line_of(code, match.start())
            if not allowed(lines, line, rule.name):
                found = " ".join(match.group(0).split()).rstrip("(=;{[ ")
                findings.append(Finding(path, line, f"{rule.name}: `{found}` is not for core: {rule.instead}"))
    for at in walks(code, blank(declarations)):
        line = line_of(code, at)
        if not allowed(lines, line, ORDER.name):
            findings.append(Finding(path, line, f"{ORDER.name}: {ORDER.instead}"))
    return sorted(set(findings))


def run():
    findings = []
    paths = tree()
    for path in paths:
        if path.endswith(CPP) and path.startswith("core/"):
            own_header = re.sub(r"\.cpp$", ".h", path)
            declarations = read(own_header) if own_header != path and own_header in paths else ""
            findings += check(path, read(path), declarations)
    return findings
