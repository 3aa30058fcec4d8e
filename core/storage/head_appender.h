// SPDX-License-Identifier: Apache-2.0
// HeadAppender: one transaction on a Head. Mirrors headAppenderV2 and initAppenderV2 (tsdb/head_append_v2.go). Made by
// Head::NewAppender; must not outlive the head.
#pragma once

#include <cstdint>
#include <span>
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
  /// Something waits for Commit or Rollback.
  bool pending() const { return state_ == State::kOpen && !buffer_.empty(); }

 private:
  static constexpr std::string_view kAppenderClosed = "appender closed";
  enum class State : std::uint8_t { kWaitingForFirstSample, kOpen, kClosed };

  void Open();
  void Close();
  AppendResult Refuse(AppendCode code, std::string_view text = {});
  /// Refuses what AppendFloat or AppendHistogram refused.
  AppendResult RefuseChecked(AppendCode code, SampleStats& stats);
  /// HEAD-12, HEAD-13. kNoSeries: refused.
  SeriesRef Resolve(const AppendRequest& request, SampleStats& stats);
  /// Looks up or creates by labels; kNoSeries when the labels are invalid (HEAD-11), which it reports.
  SeriesRef ResolveByLabels(const Labels& labels);
  template <class H>
  AppendResult AppendHistogramRequest(const AppendRequest& request, const H& histogram);
  /// A marker behind histograms of the same transaction (HEAD-30).
  AppendResult AppendHistogramMarker(const AppendRequest& request, SeriesRef ref, SampleKind kind);

  /// Takes a float that comes alone and later than everything in its series: of what AppendChecked asks nothing can
  /// apply to it. Most samples are such, and an append costs half. False: nothing is done.
  bool AppendPlainFloat(const AppendRequest& request);
  AppendResult AppendChecked(const AppendRequest& request);
  /// HEAD-04; a sample that is taken goes into the buffer.
  AppendCode AppendFloat(SeriesRef ref, const AppendRequest& request);
  template <class H>
  AppendCode AppendHistogram(SeriesRef ref, std::int64_t t_ms, std::int64_t st_ms, const H& histogram,
                             bool reject_out_of_order);
  AppendCode DecideFloat(const Head::Verdict& verdict, const MemSeries& series, std::int64_t t_ms, std::uint64_t bits,
                         bool reject_out_of_order);
  /// What the verdict means for a sample.
  AppendCode Decide(const Head::Verdict& verdict, bool reject_out_of_order);
  /// HEAD-32. Whatever else is wrong with the zero, nobody is told.
  bool MayHaveZero(const AppendRequest& request) const;
  void AppendFloatZero(SeriesRef ref, const AppendRequest& request);
  static bool HasAttachments(const AppendRequest& request) {
    return !request.exemplars.empty() || request.metadata != nullptr;
  }
  AppendResult AppendAttachments(SeriesRef ref, const AppendRequest& request);
  /// HEAD-33.
  void AppendExemplars(SeriesRef ref, std::span<const Exemplar> exemplars, AppendResult& result);
  /// HEAD-34.
  void AppendMetadata(SeriesRef ref, const Metadata& metadata);

  Head& head_;
  const bool takes_start_times_;
  AppendBuffer buffer_;
  Head::Bounds bounds_{};
  State state_ = State::kWaitingForFirstSample;
  /// Still among the head's active appenders.
  bool counted_ = true;
  /// The last refusal: its text is made when it is asked for.
  struct Refusal {
    AppendCode code = AppendCode::kOk;
    /// For codes without a text of their own, and of exemplars.
    std::string text;
    enum class Duplicate : std::uint8_t { kFloats, kFloatOnHistogram, kHistogram };
    Duplicate duplicate = Duplicate::kFloats;
    std::int64_t t_ms = 0;
    std::uint64_t existing_bits = 0;
    std::uint64_t new_bits = 0;
  } refusal_;
};

}  // namespace stalemark
