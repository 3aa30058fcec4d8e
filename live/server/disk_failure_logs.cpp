// SPDX-License-Identifier: Apache-2.0
#include "live/server/disk_failure_logs.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "core/config/json_text.h"
#include "core/text/ascii.h"
#include "live/log/time_text.h"
#include "live/loop/event_loop.h"

namespace stalemark {
namespace {

class DiskFailureLog final : public FailureLog {
 public:
  explicit DiskFailureLog(OwnedFd file) : file_(std::move(file)) {}

  void Write(const ScrapeFailure& failure) override {
    std::string line;
    {
      JsonObject object(line);
      object.AlwaysText("time", Rfc3339Milliseconds(failure.at));
      object.AlwaysText("level", "ERROR");
      object.AlwaysText("msg", failure.message);
      object.AlwaysText("job_name", failure.job_name);
      object.AlwaysText("target", failure.target);
    }
    line += '\n';
    // One call, so that a line of another writer does not fall into it.
    [[maybe_unused]] const ssize_t written = write(file_.get(), line.data(), line.size());
  }

 private:
  const OwnedFd file_;
};

}  // namespace

Result<std::unique_ptr<FailureLog>> DiskFailureLogs::Open(std::string_view path) {
  const std::string name(path);
  OwnedFd file(open(name.c_str(), O_APPEND | O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
  if (file.get() < 0) {
    return Error{"open " + name + ": " + ascii::ToLower(std::generic_category().message(errno))};
  }
  return std::unique_ptr<FailureLog>(std::make_unique<DiskFailureLog>(std::move(file)));
}

}  // namespace stalemark
