// SPDX-License-Identifier: Apache-2.0
#include "cli/disk/file_writer.h"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stalemark::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kNamesTriedMax = 100;

}  // namespace

FileWriter::FileWriter(std::string path) : path_(std::move(path)) {
  std::error_code code;
  const fs::file_status there = fs::status(path_, code);
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    file_ = fs::is_directory(there) ? nullptr : std::fopen(path_.c_str(), "wb");
    if (file_ == nullptr) Fail(fs::is_directory(there) ? EISDIR : errno);
    return;
  }
  const fs::path target = fs::weakly_canonical(path_, code);
  final_ = code ? path_ : target.string();
  OpenBeside(fs::exists(there) ? final_ : std::string());
}

FileWriter::~FileWriter() {
  if (file_ != nullptr) std::fclose(file_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void FileWriter::OpenBeside(const std::string& existing) {
  int descriptor = -1;
  for (int i = 0; i < kNamesTriedMax && descriptor < 0; ++i) {
    const std::string name = final_ + ".tmp-" + std::to_string(getpid()) + "-" + std::to_string(i);
    descriptor = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0) temporary_ = name;
    if (descriptor < 0 && errno != EEXIST) break;
  }
  if (descriptor < 0) return Fail(errno);
  struct stat before {};
  if (!existing.empty() && stat(existing.c_str(), &before) == 0 && fchmod(descriptor, before.st_mode & 07777) != 0) {
    Fail(errno);
  }
  file_ = fdopen(descriptor, "wb");
  if (file_ == nullptr) Fail(errno);
}

void FileWriter::Fail(int code) {
  if (status_.ok()) status_ = Error{"write " + path_ + ": " + std::generic_category().message(code)};
}

void FileWriter::Write(std::string_view bytes) {
  if (!status_.ok() || bytes.empty()) return;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) Fail(errno);
}

Status FileWriter::Commit() {
  if (file_ != nullptr && std::fclose(file_) != 0) Fail(errno);
  file_ = nullptr;
  if (!status_.ok() || temporary_.empty()) return status_;
  if (std::rename(temporary_.c_str(), final_.c_str()) != 0) Fail(errno);
  if (status_.ok()) temporary_.clear();
  return status_;
}

Status WriteFile(const std::string& path, std::string_view content) {
  FileWriter writer(path);
  writer.Write(content);
  return writer.Commit();
}

}  // namespace stalemark::cli
