// SPDX-License-Identifier: Apache-2.0
#include "core/storage/fanout.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "core/storage/sample_merge.h"

namespace stalemark {
namespace {

std::uint16_t SaturatingAdd(std::uint16_t a, std::uint16_t b) {
  constexpr unsigned kMax = std::numeric_limits<std::uint16_t>::max();
  return static_cast<std::uint16_t>(std::min(unsigned{a} + b, kMax));
}

/// Each list is sorted by labels; so is the result, where equal labels are one series.
std::vector<SelectedSeries> MergeSeries(std::vector<std::vector<SelectedSeries>> found) {
  std::vector<SelectedSeries> all;
  for (std::vector<SelectedSeries>& list : found) std::move(list.begin(), list.end(), std::back_inserter(all));
  // Stable: equal labels stay in the order of the storages.
  std::stable_sort(all.begin(), all.end(),
                   [](const SelectedSeries& a, const SelectedSeries& b) { return Compare(a.labels, b.labels) < 0; });
  std::vector<SelectedSeries> merged;
  for (auto first = all.begin(); first != all.end();) {
    const auto last =
        std::find_if(first, all.end(), [&first](const SelectedSeries& one) { return one.labels != first->labels; });
    merged.push_back({std::move(first->labels), {}});
    if (last - first == 1) {
      merged.back().samples = std::move(first->samples);
    } else {
      std::vector<SampleRun> runs;
      for (auto one = first; one != last; ++one) runs.push_back({std::move(one->samples)});
      ChainRuns(std::move(runs), merged.back().samples);
    }
    first = last;
  }
  return merged;
}

}  // namespace

class FanoutAppender final : public Appender {
 public:
  FanoutAppender(FanoutStorage& fanout, const AppenderContext& context)
      : fanout_(fanout), primary_(fanout.primary_.NewAppender(context)) {
    for (FanoutStorage::Secondary& secondary : fanout.secondaries_) {
      secondaries_.push_back(secondary.storage->NewAppender(context));
    }
  }

  AppendResult Append(const AppendRequest& request) override {
    AppendResult result = primary_->Append(request);
    refused_by_ = primary_.get();
    if (result.code != AppendCode::kOk) return result;
    exemplar_errors_.clear();
    if (result.exemplars_refused > 0) exemplar_errors_ = primary_->ErrorText();
    for (std::size_t i = 0; i < secondaries_.size(); ++i) {
      SeriesRef unknown = kNoSeries;
      SeriesRef& known =
          result.ref == kNoSeries ? unknown : fanout_.secondaries_[i].refs[static_cast<std::uint64_t>(result.ref)];
      AppendRequest copy = request;
      copy.ref = known;
      const AppendResult theirs = secondaries_[i]->Append(copy);
      if (theirs.code != AppendCode::kOk) {
        refused_by_ = secondaries_[i].get();
        return {result.ref, theirs.code};
      }
      known = theirs.ref;
      if (theirs.exemplars_refused > 0) AddRefused(theirs, *secondaries_[i], result);
    }
    if (result.exemplars_refused > 0) refused_by_ = nullptr;
    return result;
  }

  std::string ErrorText() const override {
    return refused_by_ == nullptr ? exemplar_errors_ : refused_by_->ErrorText();
  }

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

  void AddRefused(const AppendResult& theirs, const Appender& appender, AppendResult& result) {
    if (!exemplar_errors_.empty()) exemplar_errors_ += '\n';
    exemplar_errors_ += appender.ErrorText();
    result.exemplars_refused = SaturatingAdd(result.exemplars_refused, theirs.exemplars_refused);
    result.exemplars_out_of_order = SaturatingAdd(result.exemplars_out_of_order, theirs.exemplars_out_of_order);
  }

  void RollbackFrom(std::size_t first) {
    for (std::size_t i = first; i < secondaries_.size(); ++i) secondaries_[i]->Rollback();
  }

  FanoutStorage& fanout_;
  std::unique_ptr<Appender> primary_;
  std::vector<std::unique_ptr<Appender>> secondaries_;
  /// Whose error text is the last append's; null: exemplar_errors_.
  const Appender* refused_by_ = nullptr;
  std::string exemplar_errors_;
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

SelectResult FanoutQueryable::Select(const TimeRange& range, const std::vector<Matcher>& matchers) const {
  SelectResult result = primary_.Select(range, matchers);
  if (result.error) return {{}, {}, std::move(result.error)};
  std::vector<std::vector<SelectedSeries>> found;
  found.push_back(std::move(result.series));
  for (const Queryable* secondary : secondaries_) {
    SelectResult theirs = secondary->Select(range, matchers);
    std::move(theirs.warnings.begin(), theirs.warnings.end(), std::back_inserter(result.warnings));
    if (theirs.error) {
      result.warnings.push_back(theirs.error->message);
    } else {
      found.push_back(std::move(theirs.series));
    }
  }
  result.series = MergeSeries(std::move(found));
  return result;
}

}  // namespace stalemark
