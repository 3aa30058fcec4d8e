// SPDX-License-Identifier: Apache-2.0
#include "cli/record/capsule.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "cli/disk/disk_files.h"
#include "cli/disk/file_writer.h"
#include "sim/scenario/recording_file.h"

namespace stalemark::cli {
namespace {

namespace fs = std::filesystem;

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
  // mkdtemp's mode, 0700, stays until Commit: secrets are looked for only then.
  fs::create_directory(temporary_ / "bodies", code);
  return code ? Status(Failed(temporary_, code)) : Status();
}

std::string Capsule::KeepBody(const std::string& body) {
  std::string name = scenario::BodyName(body);
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

Status Capsule::PadBodies(Recording* recording) {
  for (RecordedExchange& exchange : recording->exchanges) {
    if (exchange.held || exchange.body_file.empty()) continue;
    std::uint64_t received = 0;
    for (const RecordedChunk& chunk : exchange.chunks) received += chunk.bytes;
    const fs::path file = temporary_ / exchange.body_file;
    std::error_code code;
    const std::uint64_t size = fs::file_size(file, code);
    if (code) return Failed(file, code);
    if (size >= received) continue;
    Result<std::string> body = DiskFiles().Read(file.string());
    if (!body.ok()) return body.error();
    body->resize(static_cast<std::size_t>(received), ' ');
    exchange.body_file = KeepBody(*body);
  }
  return status_;
}

Status Capsule::Commit() {
  if (!status_.ok()) return status_;
  std::error_code code;
  // As folders are made here usually.
  fs::permissions(temporary_, fs::status(temporary_ / "bodies", code).permissions(), code);
  if (code) return Failed(temporary_, code);
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
