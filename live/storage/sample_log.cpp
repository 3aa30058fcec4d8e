// SPDX-License-Identifier: Apache-2.0
#include "live/storage/sample_log.h"

#include <utility>

#include "core/config/json_text.h"
#include "core/model/histogram_text.h"
#include "core/model/value.h"
#include "core/text/go_float.h"

namespace stalemark {
namespace {

class LoggingAppender final : public Appender {
 public:
  LoggingAppender(std::unique_ptr<Appender> inner, const SampleLog::Write& write)
      : inner_(std::move(inner)), write_(write) {}

  AppendResult Append(const AppendRequest& request) override {
    const AppendResult result = inner_->Append(request);
    if (result.code == AppendCode::kOk) lines_ += SampleLine(request);
    return result;
  }
  std::string ErrorText() const override { return inner_->ErrorText(); }
  void Commit(CommitDone done) override {
    inner_->Commit([this, done = std::move(done)](const std::optional<std::string>& error) {
      if (!error && !lines_.empty()) write_(lines_);
      done(error);
    });
  }
  void Rollback() override { inner_->Rollback(); }

 private:
  const std::unique_ptr<Appender> inner_;
  const SampleLog::Write& write_;
  std::string lines_;
};

bool IsMarker(const AppendRequest& request) {
  if (request.histogram != nullptr) return request.histogram->IsStale();
  if (request.float_histogram != nullptr) return request.float_histogram->IsStale();
  return IsStaleNaN(request.value_bits);
}

}  // namespace

std::unique_ptr<Appender> SampleLog::NewAppender(const AppenderContext& context) {
  return std::make_unique<LoggingAppender>(storage_.NewAppender(context), write_);
}

std::string SampleLine(const AppendRequest& request) {
  std::string line;
  {
    JsonObject object(line);
    AppendJsonLabels(object.Key("metric"), *request.labels);
    object.AlwaysInt("t_ms", request.t_ms);
    if (request.st_ms != 0) object.AlwaysInt("st_ms", request.st_ms);
    if (IsMarker(request)) {
      object.AlwaysBool("stale", true);
    } else if (request.histogram != nullptr) {
      object.AlwaysText("histogram", HistogramText(*request.histogram));
    } else if (request.float_histogram != nullptr) {
      object.AlwaysText("histogram", HistogramText(*request.float_histogram));
    } else {
      std::string value;
      text::AppendApiFloat(value, DoubleOf(request.value_bits));
      object.AlwaysText("value", value);
    }
  }
  return line + '\n';
}

}  // namespace stalemark
