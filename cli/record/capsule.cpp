// SPDX-License-Identifier: Apache-2.0
#include "cli/record/capsule.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "cli/disk/file_writer.h"
#include "sim/conformance/sha256.h"

namespace stalemark::cli {
namespace {

namespace fs = std::filesystem;

/// So many hex digits of a body's SHA-256 name its file.
constexpr std::size_t kNameDigits = 24;
constexpr const char* kScenario = "scenario.yml";
constexpr const char* kRecording = "recording.yml";

Error Failed(const fs::path& path, const std::error_code& code) {
  return Error{fmt::format("{}: {}", path.string(), code.message())};
}

}  // namespace

Capsule::~Capsule() {
  std::error_code ignored;
  if (!temporary_.empty() && temporary_ != path_) fs::remove_all(temporary_, ignored);
}

Status Capsule::Open(const std::string& path, Replace replace) {
  std::error_code code;
  path_ = fs::path(path).lexically_normal();
  if (!path_.has_filename()) path_ = path_.parent_path();
  if (fs::exists(fs::symlink_status(path_, code))) {
    const bool is_capsule =
        fs::is_regular_file(path_ / kScenario, code) && fs::is_regular_file(path_ / kRecording, code);
    if (!is_capsule) return Error{fmt::format("{} is there and is no capsule: name another folder", path_.string())};
    if (replace == Replace::kNo) return Error{fmt::format("{} is there: --force replaces it", path_.string())};
  }
  std::string name = (path_.parent_path() / ("." + path_.filename().string() + ".XXXXXX")).string();
  if (mkdtemp(name.data()) == nullptr) return Failed(name, {errno, std::generic_category()});
  temporary_ = name;
  fs::permissions(temporary_,
                  fs::perms::group_read | fs::perms::group_exec | fs::perms::others_read | fs::perms::others_exec,
                  fs::perm_options::add, code);
  fs::create_directory(temporary_ / "bodies", code);
  return code ? Status(Failed(temporary_, code)) : Status();
}

std::string Capsule::KeepBody(const std::string& body) {
  std::string name = "bodies/" + conformance::Sha256Hex(body).substr(0, kNameDigits);
  if (bodies_.insert(name).second) {
    const Status written = WriteFile((temporary_ / name).string(), body);
    if (!written.ok() && status_.ok()) status_ = written;
  }
  return name;
}

Status Capsule::Write(const std::string& name, std::string_view content) {
  if (!status_.ok()) return status_;
  std::error_code code;
  fs::create_directories((temporary_ / name).parent_path(), code);
  return WriteFile((temporary_ / name).string(), content);
}

Status Capsule::Commit() {
  if (!status_.ok()) return status_;
  std::error_code code;
  const fs::path old = temporary_.string() + ".old";
  const bool replaces = fs::exists(path_, code);
  if (replaces) fs::rename(path_, old, code);
  if (code) return Failed(path_, code);
  fs::rename(temporary_, path_, code);
  if (code) return Failed(path_, code);
  temporary_ = path_;
  // The old one goes only when the new one stands.
  if (replaces) fs::remove_all(old, code);
  return {};
}

}  // namespace stalemark::cli
