# SPDX-License-Identifier: Apache-2.0
import unittest

import banned

BAD = [
    ("clock", "auto now = std::chrono::system_clock::now();"),
    ("clock", "using Clock = std::chrono::steady_clock;"),
    ("clock", "std::time_t t = time(nullptr);"),
    ("clock", "auto t = std::time(&out);"),
    ("clock", "#include <ctime>"),
    ("clock", "clock_gettime(CLOCK_MONOTONIC, &spec);"),
    ("sleep", "std::this_thread::sleep_for(kPause);"),
    ("sleep", "usleep(1000);"),
    ("thread", "std::mutex lock;"),
    ("thread", "#include <atomic>"),
    ("thread", "thread_local int depth = 0;"),
    ("random", "std::mt19937 engine(seed);"),
    ("random", "int x = rand() % 6; srand(1);"),
    ("random", "std::shuffle(a.begin(), a.end(), engine);"),
    ("locale", "const double d = std::stod(text);"),
    ("locale", "if (isdigit(c)) return;"),
    ("locale", "if (std::isspace(static_cast<unsigned char>(c))) return;"),
    ("locale", "std::ostringstream out;"),
    ("locale", "static const std::regex kPattern(text);"),
    ("environment", 'const char* home = std::getenv("HOME");'),
    ("stdio", 'printf("%d", x);'),
    ("stdio", "std::cerr << x;"),
    ("stdio", 'fmt::print("x");'),
    ("stdio", "std::snprintf(buffer, sizeof buffer, format);"),
    ("file", "std::ifstream in(path);"),
    ("file", "#include <filesystem>"),
    ("file", "FILE* f = fopen(path, mode);"),
    ("socket", "#include <sys/socket.h>"),
    ("socket", "gethostname(name, size);"),
    ("libm", "double x = std::pow(2.0, k);"),
    ("libm", "return log2(x);"),
    ("libm", "return ::exp(x);"),
    ("libm", "return std::lround(x * 2);"),
    ("libm", "float y = logf(x);"),
    ("hash", "std::unordered_map<int, int> by_id;"),
    ("hash", "return std::hash<std::string>{}(name);"),
    ("width", "unsigned long hash = 0;"),
    ("width", "long long total = 0;"),
    ("state", "static int counter = 0;"),
    ("state", "  static std::vector<int> cache;"),
    ("state", "static std::array<int, 4> table{};"),
    ("order", "boost::unordered_flat_map<K, V> by_raw_;\nfor (const auto& [key, value] : by_raw_) Use(key);"),
    ("order", "boost::unordered_flat_set<K> names;\nstd::vector<K> all(names.begin(), names.end());"),
]

GOOD = [
    ("a comment", "// std::chrono::system_clock is for live/; rand() is banned\n/* printf(x); */"),
    ("a text", 'const char* kText = "time(nullptr) printf(%d) long static int x = 0;";'),
    ("a raw text", 'const auto kText = R"(rand() std::cout << 1)";'),
    ("durations", "std::chrono::milliseconds interval{15};"),
    ("a method named time", "return sample.time(x) + clock->log(entry) + event.time();"),
    ("an accessor named log", "const Log& log() const { return log_; }"),
    ("our own namespace", "return decimal::exp(x) + text::isdigit(c) + text::tolower(c);"),
    ("exact libm", "return std::floor(std::sqrt(x)) + std::ldexp(y, 3) + std::ceil(z) + std::frexp(x, &e);"),
    ("other names that end alike", "Blog(x); catalog(x); Explog2(x); timer_time(nullptr); my_rand(x);"),
    ("a static function", "static Labels FromSorted(const std::vector<Label>& labels);"),
    ("static constants", "static constexpr int kLimit = 3;\nstatic const std::string kName;\nstatic_assert(sizeof(int) == 4);"),
    ("a hash table that is only asked", "boost::unordered_flat_map<K, V> by_raw_;\nauto at = by_raw_.find(key);\n"
                                       "for (const auto& x : sorted_) by_raw_.erase(x);"),
    ("a digit separator", "constexpr int kMax = 1'000'000;\nconstexpr char kQuote = '\"'; int y = 2;"),
    ("long in a name", "int longest = 0; bool is_long_name = false;"),
    ("an allowed line", "// lint: allow order because the sum does not depend on it\n"
                        "boost::unordered_flat_set<K> names; for (auto& x : names) sum += x;"),
]


class Banned(unittest.TestCase):
    def names(self, text, path="core/scrape/loop.cpp", declarations=""):
        return [finding.message.split(":")[0] for finding in banned.check(path, text, declarations)]

    def test_every_rule_has_a_bad_example(self):
        self.assertEqual({rule.name for rule in banned.RULES} | {"order"}, {name for name, _ in BAD})

    def test_bad(self):
        for name, text in BAD:
            with self.subTest(text):
                self.assertIn(name, self.names(text))

    def test_good(self):
        for name, text in GOOD:
            with self.subTest(name):
                self.assertEqual(self.names(text), [])

    def test_the_message_names_the_seam(self):
        for text, seam in (("std::time(&x)", "clock.h"), ("usleep(1)", "scheduler.h"), ("std::random_device d;", "choices.h"),
                           ("std::ifstream f;", "files.h"), ("gethostname(a, b)", "transport.h"), ("std::cout << 1", "trace_sink.h")):
            with self.subTest(text):
                self.assertIn(seam, banned.check("core/http/a.cpp", text)[0].message)

    def test_only_core(self):
        for path in ("live/clock.cpp", "sim/run.cpp", "cli/main.cpp", "tests/core/text/utf8_test.cpp"):
            self.assertEqual(self.names("std::cout << time(nullptr);", path), [])

    def test_a_member_declared_in_the_header(self):
        header = "class C {\n  boost::unordered_flat_map<std::string_view, Entry*> by_raw_;\n};"
        self.assertEqual(self.names("for (auto& entry : by_raw_) Drop(entry);", declarations=header), ["order"])
        self.assertEqual(self.names("for (auto& entry : other_) Drop(entry);", declarations=header), [])

    def test_an_exception_needs_its_own_rule_and_a_reason(self):
        self.assertEqual(self.names("// lint: allow order because\nstd::mutex m;"), ["thread"])
        self.assertEqual(self.names("// lint: allow thread because\nstd::mutex m;"), ["thread"])
        self.assertEqual(self.names("std::mutex m;  // lint: allow thread because the test needs it"), [])

    def test_the_line_is_the_one_of_the_call(self):
        findings = banned.check("core/a.cpp", '/* two\nlines */\nconst char* kText = "\\"";\nint x = rand();\n')
        self.assertEqual([finding.line for finding in findings], [4] if findings else [])
        self.assertEqual(banned.check("core/a.cpp", "\n\nstd::mutex m;")[0].line, 3)


if __name__ == "__main__":
    unittest.main()
