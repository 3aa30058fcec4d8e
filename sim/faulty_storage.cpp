// SPDX-License-Identifier: Apache-2.0
#include "sim/faulty_storage.h"

#include <utility>

namespace stalemark {

class FaultyAppender final : public Appender {
 public:
  FaultyAppender(FaultyStorage& storage, std::unique_ptr<Appender> inner)
      : storage_(storage), inner_(std::move(inner)) {}

  AppendResult Append(const AppendRequest& request) override {
    refused_ = storage_.append_fault_.code != AppendCode::kOk;
    if (!refused_) return inner_->Append(request);
    return {kNoSeries, storage_.append_fault_.code};
  }

  std::string ErrorText() const override { return refused_ ? storage_.append_fault_.error : inner_->ErrorText(); }

  void Commit(CommitDone done) override {
    CommitFault fault = storage_.NextCommit();
    if (fault.delay <= Nanoseconds(0)) {
      TakeEffect(fault.error, done);
      return;
    }
    timer_ = storage_.scheduler_.ArmAt(
        storage_.clock_.MonotonicNow() + fault.delay,
        [this, error = std::move(fault.error), done = std::move(done)] { TakeEffect(error, done); });
  }

  void Rollback() override { inner_->Rollback(); }

 private:
  void TakeEffect(const std::string& error, const CommitDone& done) {
    if (error.empty()) {
      inner_->Commit(done);
      return;
    }
    inner_->Rollback();
    done(error);
  }

  FaultyStorage& storage_;
  std::unique_ptr<Appender> inner_;
  bool refused_ = false;
  Timer timer_;
};

std::unique_ptr<Appender> FaultyStorage::NewAppender(const AppenderContext& context) {
  return std::make_unique<FaultyAppender>(*this, inner_.NewAppender(context));
}

CommitFault FaultyStorage::NextCommit() {
  const auto numbered = faults_.find(commits_++);
  return numbered == faults_.end() ? standing_ : numbered->second;
}

}  // namespace stalemark
