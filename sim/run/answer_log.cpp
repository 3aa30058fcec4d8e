// SPDX-License-Identifier: Apache-2.0
#include "sim/run/answer_log.h"

#include <utility>

namespace stalemark::scenario {
namespace {

class LoggedExporter final : public Exporter {
 public:
  LoggedExporter(std::unique_ptr<Exporter> exporter, std::string address, std::vector<PlannedAnswer>* log)
      : exporter_(std::move(exporter)), address_(std::move(address)), log_(*log) {}

  SimResponsePtr Next(MonotonicTime now, const HopRequest& request) override {
    SimResponsePtr response = exporter_->Next(now, request);
    const ResponseScript& script = response->script();
    log_.push_back({now, address_, script.delay, script.body_delay, script.fault});
    return response;
  }

 private:
  std::unique_ptr<Exporter> exporter_;
  std::string address_;
  std::vector<PlannedAnswer>& log_;
};

}  // namespace

std::unique_ptr<Exporter> WithAnswerLog(std::unique_ptr<Exporter> exporter, std::string address,
                                        std::vector<PlannedAnswer>* log) {
  return std::make_unique<LoggedExporter>(std::move(exporter), std::move(address), log);
}

}  // namespace stalemark::scenario
