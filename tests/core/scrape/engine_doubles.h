// SPDX-License-Identifier: Apache-2.0
// Test doubles of the scrape engine: a storage that refuses what a test tells it to, and chance that falls the other
// way. Both outlive the engine that uses them.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "core/seams/appendable.h"
#include "core/seams/choices.h"

namespace stalemark::testing {

/// In front of a real storage: sees every append, and lets through what its rule answers kOk to.
class RefusingStorage final : public Appendable {
 public:
  using Rule = std::function<AppendCode(const AppendRequest& request)>;

  explicit RefusingStorage(Appendable& inner) : inner_(inner) {}
  /// Null: everything goes through.
  void SetRule(Rule rule) { rule_ = std::move(rule); }

  std::unique_ptr<Appender> NewAppender(const AppenderContext& context) override {
    return std::make_unique<Transaction>(rule_, inner_.NewAppender(context));
  }

 private:
  class Transaction final : public Appender {
   public:
    Transaction(const Rule& rule, std::unique_ptr<Appender> inner) : rule_(rule), inner_(std::move(inner)) {}
    AppendResult Append(const AppendRequest& request) override {
      const AppendCode code = rule_ ? rule_(request) : AppendCode::kOk;
      refused_ = code != AppendCode::kOk;
      return refused_ ? AppendResult{kNoSeries, code} : inner_->Append(request);
    }
    std::string ErrorText() const override { return refused_ ? "refused" : inner_->ErrorText(); }
    void Commit(CommitDone done) override { inner_->Commit(std::move(done)); }
    void Rollback() override { inner_->Rollback(); }

   private:
    const Rule& rule_;
    std::unique_ptr<Appender> inner_;
    bool refused_ = false;
  };

  Appendable& inner_;
  Rule rule_;
};

/// The first alternative, but the last one at the points it is told.
class LastChoices final : public Choices {
 public:
  explicit LastChoices(std::set<ChoicePoint> points) : points_(std::move(points)) {}
  std::size_t Pick(ChoicePoint point, std::size_t alternatives) override {
    return points_.count(point) != 0 ? alternatives - 1 : 0;
  }

 private:
  const std::set<ChoicePoint> points_;
};

}  // namespace stalemark::testing
