// SPDX-License-Identifier: Apache-2.0
// FaultyStorage: a storage whose commits may be slow or fail, and whose appends may fail, in front of a real one.
// Commits are counted from 0 over the whole run; rollbacks do not count. A delay passes before the commit takes effect;
// a commit with an error is rolled back and returns it. Single-threaded; the wrapped storage outlives it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/seams/appendable.h"
#include "core/seams/clock.h"
#include "core/seams/scheduler.h"

namespace stalemark {

/// What happens to one commit.
struct CommitFault {
  Nanoseconds delay{0};
  /// Empty: the commit takes effect.
  std::string error;
};

/// What every append meets.
struct AppendFault {
  /// kOk: nothing, it goes through.
  AppendCode code = AppendCode::kOk;
  /// As Appender::ErrorText gives it.
  std::string error;
};

class FaultyStorage final : public Appendable {
 public:
  FaultyStorage(Appendable& inner, const Clock& clock, Scheduler& scheduler)
      : inner_(inner), clock_(clock), scheduler_(scheduler) {}

  /// For the commit of that number.
  void SetFault(std::uint64_t commit, CommitFault fault) { faults_[commit] = std::move(fault); }
  /// For every commit until it is replaced; a numbered fault goes first.
  void SetStandingFault(CommitFault fault) { standing_ = std::move(fault); }
  /// Every append fails with this text and the code kOther; empty: none does.
  void SetAppendError(std::string error) {
    append_fault_ = {error.empty() ? AppendCode::kOk : AppendCode::kOther, std::move(error)};
  }
  void SetAppendFault(AppendFault fault) { append_fault_ = std::move(fault); }

  std::unique_ptr<Appender> NewAppender(const AppenderContext& context) override;

 private:
  friend class FaultyAppender;
  CommitFault NextCommit();

  Appendable& inner_;
  const Clock& clock_;
  Scheduler& scheduler_;
  std::uint64_t commits_ = 0;
  std::map<std::uint64_t, CommitFault> faults_;
  CommitFault standing_;
  AppendFault append_fault_;
};

}  // namespace stalemark
