# SPDX-License-Identifier: Apache-2.0
import unittest

import length

BODY = "  Step();\n"


def function(head, lines):
    """A function of exactly that many lines, its head on one line."""
    return f"{head} {{\n{BODY * (lines - 2)}}}\n"


class Files(unittest.TestCase):
    def test_limits(self):
        for path, limit in (("core/a.cpp", 600), ("core/a.h", 300), ("tests/core/a_test.cpp", 800), ("tests/core/fixture.h", 300),
                            ("cmake/run-tests.py", 600)):
            with self.subTest(path):
                self.assertEqual(length.check(path, "\n" * limit), [])
                self.assertEqual(len(length.check(path, "\n" * (limit + 1))), 1)

    def test_a_last_line_without_newline_counts(self):
        self.assertEqual(len(length.check("core/a.h", "\n" * 300 + "x")), 1)


class Functions(unittest.TestCase):
    heads = [
        "int Sum(int a, int b)",
        "std::string Labels::ToString() const",
        "auto Find(std::string_view name) noexcept -> Entry*",
        "template <typename T, int N = 3>\nvoid Walk(const T& t)",
        "BOOST_AUTO_TEST_CASE(TGT_32_jitter)",
        "ScrapeLoop::ScrapeLoop(int a) : a_(a), b_{1, 2}, c_{}",
        "Labels& operator=(const Labels& other)",
        "bool operator<=(const Labels& a, const Labels& b)",
        "static const std::map<std::string, int>& Table()",
        "Row MakeRow(int a = 1, std::vector<int> b = {})",
    ]

    def test_seventy_lines_pass_and_seventy_one_do_not(self):
        for head in self.heads:
            extra = head.count("\n")
            with self.subTest(head):
                self.assertEqual(length.check("core/a.cpp", function(head, 70 - extra)), [])
                findings = length.check("core/a.cpp", "int x;\n" + function(head, 71 - extra))
                self.assertEqual([(finding.line, finding.message.split(",")[0]) for finding in findings],
                                 [(2, "function of 71 lines")])

    def test_inside_namespaces_and_classes(self):
        text = "namespace a {\nnamespace {\nclass C : public B<int> {\n public:\n" + function("  C()", 71) + "};\n}\n}\n"
        self.assertEqual([finding.line for finding in length.check("core/a.cpp", text)], [5])

    def test_several_functions_are_counted_one_by_one(self):
        text = function("void A()", 60) + function("void B()", 60) + function("void C()", 71)
        self.assertEqual([finding.line for finding in length.check("core/a.cpp", text)], [121])

    def test_a_table_is_no_function(self):
        rows = '    {"name", Call(1)},\n' * 90
        for head in ("const Row kRows[] =", "constexpr std::array<Row, 90> kRows", "const std::vector<Row> kRows = Make("):
            with self.subTest(head):
                brace = "{" if head.endswith("kRows") else " {"
                close = "})" if head.endswith("(") else "}"
                self.assertEqual(length.check("core/a.cpp", f"{head}{brace}\n{rows}{close};\n"), [])

    def test_classes_and_enums_are_no_functions(self):
        self.assertEqual(length.check("core/a.cpp", "class C {\n" + "  int A(int x);\n" * 90 + "};\n"), [])
        self.assertEqual(length.check("core/a.cpp", "enum class E : std::uint8_t {\n" + "  kA,\n" * 90 + "};\n"), [])

    def test_braces_in_texts_comments_and_macros_do_not_count(self):
        odd = '  Say("{{{");  // }}}\n  Use(\'{\');\n  Raw(R"x(}}} " {)x");\n  /* { */\n'
        text = "#define OPEN(x) {\n#define TWO(x) \\\n  {\n" + "void A() {\n" + odd + "}\n" + function("void B()", 70)
        self.assertEqual(length.check("core/a.cpp", text), [])
        self.assertEqual(length.functions(text)[0], (4, 9))

    def test_lambdas_count_towards_the_function_around_them(self):
        text = "void A() {\n  Each([&](int x) {\n" + BODY * 69 + "  });\n}\n"
        self.assertEqual(len(length.check("core/a.cpp", text)), 1)


if __name__ == "__main__":
    unittest.main()
