// SPDX-License-Identifier: Apache-2.0
#include "cli/scenario_bundle.h"

#include "core/text/base64.h"
#include "core/text/utf8.h"

namespace stalemark::cli {
namespace {

namespace fs = std::filesystem;

fs::path Place(const std::string& name) {
  return fs::absolute(name).lexically_normal();
}

/// What both paths begin with.
fs::path SharedFolder(const fs::path& a, const fs::path& b) {
  fs::path shared;
  auto at = b.begin();
  for (const fs::path& part : a) {
    if (at == b.end() || *at != part) break;
    shared /= part;
    ++at;
  }
  return shared;
}

}  // namespace

Result<std::string> RecordingFiles::Read(std::string_view path) const {
  Result<std::string> content = files_.Read(path);
  if (content.ok()) read_[std::string(path)] = *content;
  return content;
}

BundlePaths::BundlePaths(const std::map<std::string, std::string>& files)
    : root_(Place(files.begin()->first).parent_path()) {
  for (const auto& [name, content] : files) root_ = SharedFolder(root_, Place(name));
  root_ = root_.parent_path();
}

std::string BundlePaths::operator()(const std::string& name) const {
  return Place(name).lexically_relative(root_).generic_string();
}

nlohmann::ordered_json FilesJson(const std::map<std::string, std::string>& files, const BundlePaths& paths) {
  nlohmann::ordered_json contents = nlohmann::ordered_json::object();
  for (const auto& [name, content] : files) {
    if (text::IsValidUtf8(content)) {
      contents[paths(name)] = content;
    } else {
      contents[paths(name)] = {{"base64", text::EncodeBase64(content)}};
    }
  }
  return contents;
}

std::string BundleJson(const std::map<std::string, std::string>& files, const std::string& scenario) {
  const BundlePaths paths(files);
  return nlohmann::ordered_json{{"scenario", paths(scenario)}, {"files", FilesJson(files, paths)}}.dump();
}

}  // namespace stalemark::cli
