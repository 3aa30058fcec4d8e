// SPDX-License-Identifier: Apache-2.0
// BundleFiles: reading with Go's error texts, and filepath.Glob. The order of matches is Go's: folder by folder.
#include "sim/bundle_files.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "core/text/path_match.h"

namespace stalemark {
namespace {

std::string Joined(const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) text += path + " ";
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bundle_files)

BOOST_AUTO_TEST_CASE(read) {
  BundleFiles files({{"a.yml", "A"}, {"./d/../d/b.yml", "B"}, {"/etc/c", "C"}});
  const auto text = [&](std::string_view path) {
    const Result<std::string> content = files.Read(path);
    return content ? *content : content.error().message;
  };
  const struct {
    const char* path;
    const char* want;
  } rows[] = {{"a.yml", "A"},
              {"./a.yml", "A"},
              {"d/b.yml", "B"},
              {"d/x/../b.yml", "B"},
              {"/etc/c", "C"},
              {"etc/c", "open etc/c: no such file or directory"},
              {"./no", "open ./no: no such file or directory"},
              {"", "open : no such file or directory"},
              {"d", "read d: is a directory"},
              {"/", "read /: is a directory"},
              {"a.yml/x", "open a.yml/x: not a directory"},
              {"/etc/c/x", "open /etc/c/x: not a directory"}};
  for (const auto& row : rows) BOOST_TEST(text(row.path) == row.want);
  files.Set("a.yml", "A2");
  BOOST_TEST(text("a.yml") == "A2");
  files.Remove("d/b.yml");
  BOOST_TEST(text("d") == "open d: no such file or directory");
}

BOOST_AUTO_TEST_CASE(glob) {
  const BundleFiles files({{"a/x.yml", ""}, {"a-b/x.yml", ""}, {"a/y.json", ""}, {"top.yml", ""}, {"/abs/z.yml", ""}});
  const struct {
    const char* pattern;
    const char* want;
  } rows[] = {{"*.yml", "top.yml "},
              {"*", "a a-b top.yml "},
              {"a*/x.yml", "a/x.yml a-b/x.yml "},
              {"a/*", "a/x.yml a/y.json "},
              {"*/*", "a/x.yml a/y.json a-b/x.yml "},
              {"a/[xy].*", "a/x.yml a/y.json "},
              {"/abs/*.yml", "/abs/z.yml "},
              {"/*/z.yml", "/abs/z.yml "},
              {"top.yml", "top.yml "},
              {"a", "a "},
              {"no", ""},
              {"no/*", ""},
              {"a/[", ""},
              {"", ""}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.pattern) {
      BOOST_TEST(Joined(files.Glob(row.pattern)) == row.want);
    }
  }
}

BOOST_AUTO_TEST_CASE(clean_path) {
  const struct {
    const char* path;
    const char* want;
  } rows[] = {{"", "."},   {"a//b/./c", "a/b/c"}, {"a/../..", ".."}, {"/..", "/"},          {"../a", "../a"},
              {"a/", "a"}, {"/a/b/..", "/a"},     {"./", "."},       {"../../a", "../../a"}};
  for (const auto& row : rows) BOOST_TEST(text::CleanPath(row.path) == row.want);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
