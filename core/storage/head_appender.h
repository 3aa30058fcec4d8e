// SPDX-License-Identifier: Apache-2.0
// HeadAppender: one transaction on a Head. Mirrors headAppenderV2 and initAppenderV2 (tsdb/head_append_v2.go). Made by
// Head::NewAppender; must not outlive the head.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/storage/head.h"

namespace stalemark {

class HeadAppender final : public Appender {
 public:
  explicit HeadAppender(Head& head);
  /// Dropping an open transaction forgets its samples and logs nothing.
  ~HeadAppender() override;

  AppendResult Append(const AppendRequest& request) override;
  std::string ErrorText() const override;
  void Commit(CommitDone done) override;
  void Rollback() override;
  /// Commit or Rollback would answer `appender closed` (HEAD-20). An appender that never appended to an empty head
  /// holds nothing that could be closed, and may be ended any number of times.
  bool closed() const { return state_ == State::kClosed; }

 private:
  static constexpr std::string_view kAppenderClosed = "appender closed";
  enum class State : std::uint8_t { kWaitingForFirstSample, kOpen, kClosed };

  void Open();
  void Close();
  AppendResult Refuse(AppendCode code, std::string_view text = {});
  /// What becomes of a sample that is out of order or refused; counts it.
  AppendCode Judge(const Head::Verdict& verdict, const AppendRequest& request, std::uint64_t existing_bits);
  /// Looks up or creates by labels; kNoSeries when the labels are invalid (HEAD-11), which it reports.
  SeriesRef ResolveByLabels(const Labels& labels);

  Head& head_;
  Head::AppendBuffer buffer_;
  Head::Bounds bounds_{};
  State state_ = State::kWaitingForFirstSample;
  /// Still among the head's active appenders.
  bool counted_ = true;
  /// The last refusal: its text is made when it is asked for.
  struct Refusal {
    AppendCode code = AppendCode::kOk;
    /// For codes without a text of their own.
    std::string text;
    /// kDuplicate.
    std::int64_t t_ms = 0;
    std::uint64_t existing_bits = 0;
    std::uint64_t new_bits = 0;
  } refusal_;
};

}  // namespace stalemark
