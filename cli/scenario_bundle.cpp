// SPDX-License-Identifier: Apache-2.0
#include "cli/scenario_bundle.h"

#include <filesystem>

#include <nlohmann/json.hpp>

#include "core/text/base64.h"
#include "core/text/utf8.h"

namespace stalemark::cli {
namespace {

namespace fs = std::filesystem;

/// The folder above the last one that all paths have in common: a recording is looked for by the name of its folder.
fs::path RootOf(const std::map<std::string, std::string>& files) {
  fs::path common = fs::absolute(files.begin()->first).lexically_normal().parent_path();
  for (const auto& [name, content] : files) {
    const fs::path path = fs::absolute(name).lexically_normal();
    fs::path shared;
    auto at = path.begin();
    for (const fs::path& part : common) {
      if (at == path.end() || *at != part) break;
      shared /= part;
      ++at;
    }
    common = shared;
  }
  return common.parent_path();
}

}  // namespace

Result<std::string> RecordingFiles::Read(std::string_view path) const {
  Result<std::string> content = files_.Read(path);
  if (content.ok()) read_[std::string(path)] = *content;
  return content;
}

std::string BundleJson(const std::map<std::string, std::string>& files, const std::string& scenario) {
  const fs::path root = RootOf(files);
  const auto inside = [&](const std::string& name) {
    return fs::absolute(name).lexically_normal().lexically_relative(root).generic_string();
  };
  nlohmann::ordered_json contents = nlohmann::ordered_json::object();
  for (const auto& [name, content] : files) {
    if (text::IsValidUtf8(content)) {
      contents[inside(name)] = content;
    } else {
      contents[inside(name)] = {{"base64", text::EncodeBase64(content)}};
    }
  }
  return nlohmann::ordered_json{{"scenario", inside(scenario)}, {"files", std::move(contents)}}.dump();
}

}  // namespace stalemark::cli
