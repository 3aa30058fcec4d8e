// SPDX-License-Identifier: Apache-2.0
// REL-03, REL-09, REL-21, REL-22: Go's regular expressions.
#include "core/relabel/regex.h"

#include <cstdint>
#include <iterator>

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

std::string CompileError(std::string_view text) {
  const Result<Regex> regex = Regex::Compile(text);
  return regex.ok() ? "" : regex.error().message;
}

/// The match as `[0|1|...]`, a group that took no part as `-`; `no match`; or the error.
std::string Groups(std::string_view text, std::string_view value) {
  const Result<Regex> regex = Regex::Compile(text);
  if (!regex.ok()) return regex.error().message;
  Regex::Match match;
  const bool found = regex->Find(value, match);
  BOOST_TEST(regex->Matches(value) == found);
  if (!found) return "no match";
  std::string out;
  for (const std::string_view group : match.groups) {
    out += out.empty() ? "[" : "|";
    out += group.data() == nullptr ? "-" : std::string(group);
  }
  return out + "]";
}

std::string Repeat(std::string_view piece, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += piece;
  return out;
}

/// What Expand does, told again as plainly as possible for templates of ASCII characters.
std::string ExpandTwin(const std::string& text, const std::vector<std::string>& groups, const std::string& named) {
  const auto is_word = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      out += text[i];
      continue;
    }
    if (text.substr(i, 2) == "$$") {
      out += '$';
      ++i;
      continue;
    }
    const bool braced = text.substr(i, 2) == "${";
    std::size_t end = i + (braced ? 2 : 1);
    std::string name;
    while (end < text.size() && is_word(text[end])) name += text[end++];
    if (name.empty() || (braced && text.substr(end, 1) != "}")) {
      out += '$';
      continue;
    }
    i = end - (braced ? 0 : 1);
    if (name == "n") out += named;
    if (name.size() == 1 && name[0] >= '0' && name[0] < static_cast<char>('0' + groups.size())) {
      out += groups[static_cast<std::size_t>(name[0] - '0')];
    }
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(regex)

BOOST_AUTO_TEST_CASE(REL_03_anchoring_is_textual) {
  BOOST_TEST(Groups("a+", "aa") == "[aa]");
  BOOST_TEST(Groups("a+", "aab") == "no match");
  BOOST_TEST(Groups("a.c", "a\nc") == "[a\nc]");
  BOOST_TEST(Groups("", "") == "[]");
  BOOST_TEST(Groups("", "a") == "no match");
  BOOST_TEST(Groups("a)|(?:b", "ax") == "[a]");
  BOOST_TEST(Groups("a)|(?:b", "xb") == "[b]");
  BOOST_TEST(Groups("a)|(?:b", "xax") == "no match");
}

BOOST_AUTO_TEST_CASE(REL_21_errors_are_go_s) {
  struct Row {
    const char* text;
    const char* error;
  };
  const Row rows[] = {
      {"a(", "missing closing ): `^(?s:a()$`"},
      {"a)", "unexpected ): `^(?s:a))$`"},
      {"[a", "missing closing ]: `[a)$`"},
      {"*", "missing argument to repetition operator: `*`"},
      {"a**", "invalid nested repetition operator: `**`"},
      {"a{2}{3}", "invalid nested repetition operator: `{2}{3}`"},
      {"a{1001}", "invalid repeat count: `{1001}`"},
      {"(a{100}){11}", "invalid repeat count: `{11}`"},
      {"a{2,1}", "invalid repeat count: `{2,1}`"},
      {"\\C", "invalid escape sequence: `\\C`"},
      {"\\Z", "invalid escape sequence: `\\Z`"},
      {"\\8", "invalid escape sequence: `\\8`"},
      {"\\x{110000}", "invalid escape sequence: `\\x{110000`"},
      {"\\pX", "invalid character class range: `\\pX`"},
      {"\\p{Old_Italic}", "invalid character class range: `\\p{Old_Italic}`"},
      {"[z-a]", "invalid character class range: `z-a`"},
      {"[[:foo:]]", "invalid character class range: `[:foo:]`"},
      {"(?P<é>a)", "invalid named capture: `(?P<é>`"},
      {"(?<=a)b", "invalid named capture: `(?<=a)b)$`"},
      {"(?=a)", "invalid or unsupported Perl syntax: `(?=`"},
      {"a\\", "missing closing ): `^(?s:a\\)$`"},
      {"\\Qa\\", "missing closing ): `^(?s:\\Qa\\)$`"},
      {"a\xff", "invalid UTF-8: `\xff)$`"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      BOOST_TEST(CompileError(row.text) == std::string("error parsing regexp: ") + row.error);
    }
  }
}

BOOST_AUTO_TEST_CASE(REL_21_syntax) {
  struct Row {
    const char* text;
    const char* value;
    const char* groups;
  };
  const Row rows[] = {
      {"(?P<n>a)|(?P<n>b)", "b", "[b|-|b]"},
      {"(?<n>a)", "a", "[a|a]"},
      {"\\p{lowercase_letter}+", "aé", "[aé]"},
      {"\\p{LC}\\p{Cn}", "A\u0378", "[A\u0378]"},
      {"\\p{greek}", "α", "[α]"},
      {"\\P{^Greek}", "α", "[α]"},
      {"(?i)k", "\u212A", "[\u212A]"},
      {"(?i)[^k]", "\u212A", "no match"},
      {"(?i)ß", "ẞ", "[ẞ]"},
      {"[[:word:]-]+", "a-b", "[a-b]"},
      {"[]a]+", "]a", "[]a]"},
      {"\\Q.*\\E+", ".**", "[.**]"},
      {"a{,2}", "a{,2}", "[a{,2}]"},
      {"(a{1000}){0}b", "b", "[b|-]"},
      {"(?U)(a+)(a*)", "aaa", "[aaa|a|aa]"},
      {"(?-s).", "\n", "no match"},
      {"(?m)a$\n^b", "a\nb", "[a\nb]"},
      {"(a*)*", "b", "no match"},
      {"(a|b*)*", "ab", "[ab|b]"},
      {"[^\\x{0}-\\x{10FFFF}]", "a", "no match"},
      {"a(?i)*", "aaa", "[aaa]"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      BOOST_TEST(Groups(row.text, row.value) == row.groups);
    }
  }
}

BOOST_AUTO_TEST_CASE(shapes_without_the_engine_match_alike) {
  struct Row {
    const char* text;
    const char* value;
    const char* groups;
  };
  const Row rows[] = {
      {"foo", "foo", "[foo]"},
      {"foo", "fo", "no match"},
      {"(foo|bar|)", "bar", "[bar|bar]"},
      {"(foo|bar|)", "", "[|]"},
      {"(foo|bar)", "baz", "no match"},
      {"foo|foobar", "foobar", "[foobar]"},
      {".+", "", "no match"},
      {"(.+)_total", "x_total", "[x_total|x]"},
      {"(.+)_total", "_total", "no match"},
      {"(.*)aa", "aaa", "[aaa|a]"},
      {"aa(.*)aa", "aaa", "no match"},
      {"__meta_(.+)", "__meta_x", "[__meta_x|x]"},
      {"a(b)c", "abc", "[abc|b]"},
      {"a(b.*c)d", "abxcd", "[abxcd|bxc]"},
      {"a()b", "ab", "[ab|]"},
      {"x.*(yz)", "x\nyz", "[x\nyz|yz]"},
      {"\uFFFD", "\xff", "[\xff]"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      BOOST_TEST(Groups(row.text, row.value) == row.groups);
      // A class in an alternative that cannot match sends the same question to the engine.
      const std::string by_engine = Groups(std::string("(?:") + row.text + ")(?:[^\\x{0}-\\x{10FFFF}]|)", row.value);
      BOOST_TEST(by_engine == row.groups);
    }
  }
}

BOOST_AUTO_TEST_CASE(REL_22_invalid_utf8_matches_like_the_replacement_character) {
  BOOST_TEST(Groups("a(.)b(.)",
                    "a\xff"
                    "b\xc3") ==
             "[a\xff"
             "b\xc3|\xff|\xc3]");
  BOOST_TEST(Groups("(\uFFFD+)(.*)", "\xe2\x82x") == "[\xe2\x82x|\xe2\x82|x]");
  BOOST_TEST(Groups("[a-z]+", "a\xff") == "no match");
  const Regex regex = *Regex::Compile("x)|(?:b");
  BOOST_TEST(regex.ReplaceAll("x\xff"
                              "b",
                              "$0$0") ==
             "xx\xff"
             "bb");
}

BOOST_AUTO_TEST_CASE(REL_11_replace_all_steps_over_empty_matches_as_go_does) {
  struct Row {
    const char* text;
    const char* value;
    const char* replaced;
  };
  const Row rows[] = {
      {"a)|(?:b", "ab", "<a><b>"},   {")|(?:", "aé", "<>aé<>"},
      {"x*)|(?:", "axb", "<>axb<>"}, {"z)|(?:\\B", "aé", "aé<>"},  // not between the bytes of one character
      {"(a)(b)", "ab", "<ab>"},      {"q", "ab", "ab"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      BOOST_TEST(Regex::Compile(row.text)->ReplaceAll(row.value, "<$0>") == row.replaced);
    }
  }
}

BOOST_AUTO_TEST_CASE(REL_09_expansion) {
  const Regex regex = *Regex::Compile("(?P<n>a)(b)?(?P<01>c)(?P<n>d)");
  Regex::Match match;
  BOOST_REQUIRE(regex.Find("acd", match));
  struct Row {
    const char* text;
    const char* expanded;
  };
  const Row rows[] = {
      {"$0-$1-$2-$3", "acd-a--c"},
      {"${1}x $1x $1_ $1é", "ax   "},
      {"$n ${n}", "a a"},
      {"$01 $1", "c a"},
      {"$10 $123456789012", " "},
      {"$$1 $", "$1 $"},
      {"${ ${} ${1 $- ${1-}", "${ ${} ${1 $- ${1-}"},
      {"$\xff", "$\xff"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      std::string expanded;
      regex.Expand(row.text, match, expanded);
      BOOST_TEST(expanded == row.expanded);
    }
  }
}

BOOST_AUTO_TEST_CASE(REL_09_expansion_agrees_with_a_plain_twin) {
  const Regex regex = *Regex::Compile("(?P<n>x)(y)?(z*)");
  Regex::Match match;
  BOOST_REQUIRE(regex.Find("xzz", match));
  const std::vector<std::string> groups = {"xzz", "x", "", "zz"};
  const std::string pieces[] = {"$", "{", "}", "1", "3", "0", "n", "x", "_", "-", "a"};
  std::uint32_t state = 12345;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (int i = 0; i < 7; ++i) {
      state = state * 1664525u + 1013904223u;
      text += pieces[(state >> 16) % std::size(pieces)];
    }
    std::string expanded;
    regex.Expand(text, match, expanded);
    BOOST_REQUIRE_MESSAGE(expanded == ExpandTwin(text, groups, "x"), text);
  }
}

BOOST_AUTO_TEST_CASE(robust_against_hostile_patterns) {
  BOOST_TEST(CompileError(Repeat("(", 100000)).find("missing closing )") != std::string::npos);
  BOOST_TEST(CompileError(Repeat("(", 100000) + Repeat(")", 100000)).find("nests too deeply") != std::string::npos);
  BOOST_TEST(CompileError(Repeat("(?:", 100000) + "a" + Repeat(")", 100000)) == "");
  BOOST_TEST(CompileError(Repeat("(", 998) + Repeat(")", 998)) == "");
  BOOST_TEST(CompileError("x{1000}{1000}").find("invalid nested repetition operator") != std::string::npos);
  BOOST_TEST(CompileError("(x{1000}){1000}").find("invalid repeat count") != std::string::npos);
  BOOST_TEST(CompileError("((" + Repeat("(xx?)", 1000) + "){1000})").find("expression too large") != std::string::npos);
  BOOST_TEST(CompileError("(?i)" + Repeat("\\pL", 30000)).find("expression too large") != std::string::npos);
  BOOST_TEST(CompileError("(?:" + Repeat("\\pL", 300) + "){1000}").find("needs more than") != std::string::npos);
  BOOST_TEST(CompileError(Repeat("[^a-z]|a.", 10000)) == "");
  BOOST_TEST(CompileError(Repeat("\xff", 100000)).find("invalid UTF-8") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(large_programs_are_made_when_first_matched) {
  // Made at once, these take minutes and gigabytes.
  std::vector<Regex> rules;
  for (int i = 0; i < 60; ++i) {
    const Result<Regex> regex = Regex::Compile("(\\pL{1000})(\\pL{" + std::to_string(900 - i) + "})");
    BOOST_REQUIRE(regex.ok());
    rules.push_back(*regex);
  }
  const Regex copy = rules[7];
  BOOST_TEST(copy.Matches(Repeat("a", 1893)));
  BOOST_TEST(!rules[7].Matches(Repeat("a", 1892)));
  BOOST_TEST(CompileError("(?:\\pL{100}){10}\\pL{1000}") == "");
  BOOST_TEST(CompileError("(?:\\pL{1000}){1}(?:\\PL{1000}){1}\\pL{1000}").find("needs more than") != std::string::npos);
  // Large enough to be made late, with \B, which must not look into code points.
  BOOST_TEST(Groups("(.*)\\B(.*)|\\pL\\pL\\pL\\pL", "\xC3\xA9") == Groups("(.*)\\B(.*)", "\xC3\xA9"));
}

BOOST_AUTO_TEST_CASE(robust_against_hostile_values) {
  const std::string value = std::string(1 << 20, 'a') + "b";
  BOOST_TEST(Groups("(a*)*", value) == "no match");
  BOOST_TEST(Groups("(a|aa)+", value) == "no match");
  BOOST_TEST(Regex::Compile("(a*)*b")->Matches(value));
  BOOST_TEST(Regex::Compile("(?:a?){1000}.*")->Matches(value));
  BOOST_TEST(Regex::Compile("(.)+")->Matches(std::string(1 << 20, '\xff')));
}

BOOST_AUTO_TEST_CASE(REL_17_identity_of_the_built_in_default) {
  const Regex built_in;
  BOOST_TEST(built_in.IsBuiltInDefault());
  BOOST_TEST(built_in.text() == "(.*)");
  BOOST_TEST(!Regex::Compile("(.*)")->IsBuiltInDefault());
  BOOST_TEST(built_in.ReplaceAll("a\nb", "<$1>") == "<a\nb>");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
