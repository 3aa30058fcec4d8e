// SPDX-License-Identifier: Apache-2.0
// DiskFiles over a folder of its own: the suite that every Files passes, what only a disk has, and the same patterns as
// BundleFiles.
#include "cli/disk/disk_files.h"

#include <filesystem>
#include <fstream>

#include <boost/test/unit_test.hpp>

#include "sim/bundle_files.h"
#include "tests/sim/seam_suites.h"

namespace stalemark::cli {
namespace {

namespace fs = std::filesystem;

/// A new folder below the system's folder for such files; gone with its content at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    const fs::path parent = fs::temp_directory_path();
    for (int number = 0;; ++number) {
      path_ = parent / ("stalemark-disk-files-" + std::to_string(number));
      if (fs::create_directory(path_)) return;
    }
  }
  ~TemporaryFolder() {
    std::error_code code;
    fs::remove_all(path_, code);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path() const { return path_.string(); }
  void Write(const std::string& name, const std::string& content) const {
    const fs::path file = path_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
  }

 private:
  fs::path path_;
};

std::string TextOf(const Files& files, const std::string& path) {
  const Result<std::string> content = files.Read(path);
  return content.ok() ? *content : content.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(disk_files)

BOOST_AUTO_TEST_CASE(passes_the_files_suite) {
  const TemporaryFolder folder;
  testing::RunFilesSuite(folder.path(), [&folder](const std::map<std::string, std::string>& contents) {
    for (const auto& [path, content] : contents) {
      folder.Write(fs::path(path).lexically_relative(folder.path()).string(), content);
    }
    return std::make_unique<DiskFiles>();
  });
}

BOOST_AUTO_TEST_CASE(globs_as_bundle_files_do) {
  const TemporaryFolder folder;
  BundleFiles bundle;
  for (const char* name : {"a/x.yml", "a/y.json", "a-b/x.yml", "a-b/c/z.yml", "top.yml", ".hidden.yml", "*.yml"}) {
    folder.Write(name, name);
    bundle.Set(folder.path() + "/" + name, name);
  }
  const struct {
    const char* pattern;
    std::size_t matches;
  } rows[] = {{"/*", 5},         {"/*.yml", 3},     {"/a*/x.yml", 2},  {"/*/*", 4},       {"/*/*/*", 1},
              {"/a/[xy].*", 2},  {"/a/[^x].*", 1},  {"/a/?.yml", 1},   {"/a", 1},         {"/a/x.yml", 1},
              {"/\\*.yml", 1},   {"/./a/*.yml", 1}, {"/a/../a/*", 2},  {"//a/*", 2},      {"/a*/", 0},
              {"/a*//x.yml", 0}, {"/no", 0},        {"/no/*", 0},      {"/top.yml/*", 0}, {"/a/[", 0},
              {"/[", 0},         {"/*/[", 0},       {"/{a,a-b}/*", 0}, {"/~/*", 0}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.pattern) {
      const std::vector<std::string> found = DiskFiles().Glob(folder.path() + row.pattern);
      BOOST_TEST(found.size() == row.matches);
      BOOST_TEST(found == bundle.Glob(folder.path() + row.pattern), boost::test_tools::per_element());
    }
  }
  BOOST_TEST(DiskFiles().Glob("").empty());
  BOOST_TEST(DiskFiles().Glob(folder.path() + std::string("/a\0*", 4)).empty());
  BOOST_TEST(!DiskFiles().Glob("/*").empty());
  BOOST_TEST(!DiskFiles().Glob("*").empty());
}

BOOST_AUTO_TEST_CASE(reading_what_is_no_file) {
  const TemporaryFolder folder;
  folder.Write("file", "text");
  const DiskFiles files;
  BOOST_TEST(TextOf(files, folder.path() + "/file") == "text");
  BOOST_TEST(TextOf(files, "") == "open : no such file or directory");
  BOOST_TEST(TextOf(files, folder.path() + "/file/x") == "open " + folder.path() + "/file/x: not a directory");
  const std::string cut = folder.path() + std::string("/file\0x", 7);
  BOOST_TEST(TextOf(files, cut) == "open " + cut + ": invalid argument");
}

#ifndef __EMSCRIPTEN__  // where devices and sizes are Node's
BOOST_AUTO_TEST_CASE(devices_are_refused) {
  BOOST_TEST(TextOf(DiskFiles(), "/dev/zero") == "read /dev/zero: not a regular file");
  BOOST_TEST(TextOf(DiskFiles(), "/dev/null").empty());
}

BOOST_AUTO_TEST_CASE(files_that_are_too_large_are_refused) {
  const TemporaryFolder folder;
  folder.Write("large", "");
  fs::resize_file(folder.path() + "/large", kFileBytesMax + 1);
  BOOST_TEST(TextOf(DiskFiles(), folder.path() + "/large") == "read " + folder.path() + "/large: more than 1024 MiB");
}
#endif

BOOST_AUTO_TEST_CASE(files_below_a_folder) {
  const TemporaryFolder folder;
  for (const char* name : {"b", "a/z", "a/b/y"}) folder.Write(name, "");
  const std::string base = folder.path();
  const Result<std::vector<std::string>> files = FilesBelow(base);
  BOOST_REQUIRE(files.ok());
  BOOST_TEST(*files == (std::vector<std::string>{base + "/a/b/y", base + "/a/z", base + "/b"}),
             boost::test_tools::per_element());
  const Result<std::vector<std::string>> one = FilesBelow(base + "/b");
  BOOST_REQUIRE(one.ok());
  BOOST_TEST(*one == std::vector<std::string>{base + "/b"}, boost::test_tools::per_element());
  const Result<std::vector<std::string>> none = FilesBelow(base + "/no");
  BOOST_REQUIRE(!none.ok());
  BOOST_TEST(none.error().message == "open " + base + "/no: no such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::cli
