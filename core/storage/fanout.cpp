// SPDX-License-Identifier: Apache-2.0
#include "core/storage/fanout.h"

#include <cassert>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace stalemark {

class FanoutAppender final : public Appender {
 public:
  FanoutAppender(FanoutStorage& fanout, const AppenderContext& context)
      : fanout_(fanout), primary_(fanout.primary_.NewAppender(context)) {
    for (FanoutStorage::Secondary& secondary : fanout.secondaries_) {
      secondaries_.push_back(secondary.storage->NewAppender(context));
    }
  }

  AppendResult Append(const AppendRequest& request) override {
    const AppendResult result = primary_->Append(request);
    refused_by_ = primary_.get();
    if (result.code != AppendCode::kOk) return result;
    for (std::size_t i = 0; i < secondaries_.size(); ++i) {
      SeriesRef unknown = kNoSeries;
      SeriesRef& known =
          result.ref == kNoSeries ? unknown : fanout_.secondaries_[i].refs[static_cast<std::uint64_t>(result.ref)];
      AppendRequest copy = request;
      copy.ref = known;
      const AppendResult theirs = secondaries_[i]->Append(copy);
      refused_by_ = secondaries_[i].get();
      if (theirs.code != AppendCode::kOk) return {result.ref, theirs.code};
      known = theirs.ref;
    }
    return result;
  }

  std::string ErrorText() const override { return refused_by_ == nullptr ? std::string() : refused_by_->ErrorText(); }

  void Commit(CommitDone done) override {
    done_ = std::move(done);
    primary_->Commit([this](const std::optional<std::string>& error) { CommitFrom(0, error); });
  }

  void Rollback() override {
    primary_->Rollback();
    RollbackFrom(0);
  }

 private:
  /// All before the secondary `next` are done; `error` is the last one's.
  void CommitFrom(std::size_t next, const std::optional<std::string>& error) {
    if (error.has_value()) RollbackFrom(next);
    if (error.has_value() || next == secondaries_.size()) {
      // `done` may destroy this.
      const CommitDone done = std::move(done_);
      done(error);
      return;
    }
    secondaries_[next]->Commit(
        [this, next](const std::optional<std::string>& theirs) { CommitFrom(next + 1, theirs); });
  }

  void RollbackFrom(std::size_t first) {
    for (std::size_t i = first; i < secondaries_.size(); ++i) secondaries_[i]->Rollback();
  }

  FanoutStorage& fanout_;
  std::unique_ptr<Appender> primary_;
  std::vector<std::unique_ptr<Appender>> secondaries_;
  const Appender* refused_by_ = nullptr;
  CommitDone done_;
};

FanoutStorage::FanoutStorage(Appendable& primary, const std::vector<Appendable*>& secondaries) : primary_(primary) {
  for (Appendable* storage : secondaries) {
    assert(storage != nullptr);
    secondaries_.push_back({storage, {}});
  }
}

std::unique_ptr<Appender> FanoutStorage::NewAppender(const AppenderContext& context) {
  return std::make_unique<FanoutAppender>(*this, context);
}

}  // namespace stalemark
