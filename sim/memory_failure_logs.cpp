// SPDX-License-Identifier: Apache-2.0
#include "sim/memory_failure_logs.h"

#include <memory>
#include <utility>

namespace stalemark {
namespace {

class MemoryFailureLog final : public FailureLog {
 public:
  MemoryFailureLog(std::map<std::string, std::vector<FailureLine>>& lines, std::string path)
      : lines_(lines), path_(std::move(path)) {}

  void Write(const ScrapeFailure& failure) override {
    lines_[path_].push_back(
        {failure.at, std::string(failure.message), std::string(failure.job_name), std::string(failure.target)});
  }

 private:
  std::map<std::string, std::vector<FailureLine>>& lines_;
  const std::string path_;
};

}  // namespace

Result<std::unique_ptr<FailureLog>> MemoryFailureLogs::Open(std::string_view path) {
  if (rule_) {
    if (std::optional<Error> refusal = rule_(path)) return *std::move(refusal);
  }
  return std::unique_ptr<FailureLog>(std::make_unique<MemoryFailureLog>(lines_, std::string(path)));
}

}  // namespace stalemark
