// SPDX-License-Identifier: Apache-2.0
#include "cli/scenario_paths.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "cli/disk/disk_files.h"
#include "core/text/path_match.h"

namespace stalemark::cli {
namespace {

namespace fs = std::filesystem;

/// Whether a part of the path below the folder begins with a dot.
bool IsHidden(const std::string& path, const std::string& folder) {
  const fs::path below = fs::path(path).lexically_relative(folder);
  return std::any_of(below.begin(), below.end(),
                     [](const fs::path& part) { return part.string().substr(0, 1) == "."; });
}

bool IsYaml(const std::string& path) {
  const std::string extension = fs::path(path).extension().string();
  return extension == ".yml" || extension == ".yaml";
}

}  // namespace

bool LooksLikeScenario(std::string_view text) {
  bool server = false;
  bool other = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view key = line.substr(0, std::min(line.find(':'), line.size()));
    server = server || key == "prometheus";
    other = other || key == "name" || key == "duration" || key == "exporters" || key == "expect";
  }
  return server && other;
}

Result<std::vector<std::string>> ScenarioPaths(const std::vector<std::string>& arguments) {
  std::vector<std::string> paths;
  for (const std::string& argument : arguments) {
    std::error_code code;
    if (!fs::is_directory(argument, code)) {
      paths.push_back(argument);
      continue;
    }
    const Result<std::vector<std::string>> files = FilesBelow(argument);
    if (!files.ok()) return files.error();
    const std::size_t before = paths.size();
    for (const std::string& file : *files) {
      if (!IsYaml(file) || IsHidden(file, argument)) continue;
      const Result<std::string> text = DiskFiles().Read(file);
      // What cannot be read is tested, and then says why.
      if (!text.ok() || LooksLikeScenario(*text)) paths.push_back(text::CleanPath(file));
    }
    if (paths.size() == before) {
      return Error{
          fmt::format("no scenarios below {}: no *.yml file there has the key prometheus and one of name, duration, "
                      "exporters, expect",
                      argument)};
    }
  }
  return paths;
}

}  // namespace stalemark::cli
