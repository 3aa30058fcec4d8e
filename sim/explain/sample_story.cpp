// SPDX-License-Identifier: Apache-2.0
// What became of the subject in one scrape: stored, marked stale, refused, undone.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/model/value.h"
#include "core/storage/out_of_order.h"
#include "core/storage/querier.h"
#include "sim/explain/inquiry.h"

namespace stalemark::scenario {
namespace {

/// How far an append got; the furthest is the one to explain.
enum class Fate : std::uint8_t { kRefused, kRolledBack, kPending, kCommitFailed, kNotStored, kStored };

bool SameValue(const Sample& sample, const History::Append& append) {
  return append.histogram.empty() || IsStaleNaN(append.value_bits) ? sample.bits == append.value_bits
                                                                   : sample.histogram != nullptr;
}

Fate FateOf(const Inquiry& inquiry, const History::Scrape& scrape, const History::Append& append) {
  if (append.verdict != AppendCode::kOk) return Fate::kRefused;
  const History::Transaction* transaction = scrape.TransactionOf(append);
  if (transaction == nullptr) return Fate::kPending;
  if (!transaction->committed) return Fate::kRolledBack;
  const Sample* stored = inquiry.StoredAt(append.t_ms);
  if (stored != nullptr && SameValue(*stored, append)) return Fate::kStored;
  return transaction->error.empty() ? Fate::kNotStored : Fate::kCommitFailed;
}

void TellChunk(Inquiry& inquiry, std::int64_t t_ms) {
  if (inquiry.ref == kNoSeries) return;
  std::size_t number = 0;
  std::string text;
  inquiry.head().VisitChunks(inquiry.ref, [&](const ChunkView& chunk) {
    ++number;
    if (t_ms < chunk.min_t_ms || t_ms > chunk.max_t_ms || !text.empty()) return;
    const std::vector<Sample> samples = DecodeChunk(chunk);
    const auto at = std::find_if(samples.begin(), samples.end(), [&](const Sample& one) { return one.t_ms == t_ms; });
    if (at == samples.end()) return;
    text = fmt::format("in chunk {}, sample {} of {}", number, at - samples.begin() + 1, samples.size());
  });
  inquiry.Add(LinkKind::kChunk, text.empty() ? "among the out-of-order samples of the series" : std::move(text));
}

void TellCommit(Inquiry& inquiry, const History::Scrape& scrape, const History::Append& append) {
  const History::Transaction& transaction = *scrape.TransactionOf(append);
  Link& link = inquiry.Add(LinkKind::kCommit, transaction.at, "accepted by the storage and committed");
  link.scrape = scrape.seq;
  const Nanoseconds took = transaction.at - scrape.fetched.value_or(scrape.begin);
  if (took > Nanoseconds(0)) link.text += fmt::format(", {} after the body was there", LengthText(took));
  if (!transaction.error.empty()) {
    link.text += fmt::format("; another storage failed: {}", transaction.error);
  }
}

/// New to the loop's cache, or known since when.
void TellCache(Inquiry& inquiry, const History::Scrape& scrape, const History::Append& append) {
  const History::Cached* cached = inquiry.history.FindCached(append.entry);
  if (cached == nullptr) return;
  const History::Scrape* first = inquiry.history.FindScrape(cached->scrape);
  if (first == nullptr) return;
  const std::string text =
      first->seq == scrape.seq
          ? std::string("new to the scrape cache: labels, relabelling and limits were worked out now")
          : fmt::format("known to the scrape cache since {}, {}", inquiry.Name(*first),
                        inquiry.PlaceText(*first, cached->offset));
  inquiry.Add(LinkKind::kAppend, scrape, text);
}

void TellTime(Inquiry& inquiry, const History::Scrape& scrape, const History::Append& append, bool exposed) {
  std::string text =
      exposed ? fmt::format("the body gives the time: {}", inquiry.Since(append.t_ms))
              : fmt::format("the body gives no time: the sample gets the scrape's, {}", inquiry.Since(append.t_ms));
  if (!exposed && append.t_ms != scrape.t_ms) text = fmt::format("the sample's time is {}", inquiry.Since(append.t_ms));
  inquiry.Add(LinkKind::kTime, scrape, std::move(text));
}

void ExplainSample(Inquiry& inquiry, const History::Scrape& scrape, const History::Append& append) {
  TellBody(inquiry, scrape, append.offset);
  TellTime(inquiry, scrape, append, append.t_ms != scrape.t_ms);
  TellCache(inquiry, scrape, append);
  const bool marker = IsStaleNaN(append.value_bits) && append.histogram.empty();
  inquiry.Conclude(marker ? Outcome::kStaleMarker : Outcome::kSample, marker ? "exposed_marker" : "scraped",
                   fmt::format("{}, {} by {} from {}", AppendedText(append),
                               marker ? "which the exporter itself exposes, stored" : "stored", inquiry.Name(scrape),
                               inquiry.PlaceText(scrape, append.offset)));
}

void ExplainReport(Inquiry& inquiry, const History::Scrape& scrape, const History::Append& append) {
  const std::string_view name = inquiry.subject.Get(kMetricName);
  inquiry.Add(LinkKind::kNote, scrape,
              "a series of Prometheus's own: written with every scrape, not read from the body");
  std::string why = fmt::format("what Prometheus reports of {}", inquiry.Name(scrape));
  if (name == "up" && scrape.failed()) why = FailureSentence(inquiry, scrape);
  if (name == "up" && !scrape.failed()) why = inquiry.Name(scrape) + " succeeded";
  inquiry.Conclude(Outcome::kSample, "report", fmt::format("{}: {}", AppendedText(append), why));
}

void ExplainMarker(Inquiry& inquiry, const History::Scrape& scrape) {
  const auto refused = std::find_if(scrape.appends.begin(), scrape.appends.end(), [](const History::Append& one) {
    return one.origin == trace::Origin::kScraped && one.verdict != AppendCode::kOk;
  });
  if (scrape.failed()) {
    if (scrape.fetch_error.empty()) TellFailure(inquiry, scrape);
    TellLastSeen(inquiry, scrape);
    inquiry.Add(LinkKind::kNote, scrape, "a failed scrape marks every series of the scrape before it as stale");
    inquiry.Conclude(Outcome::kStaleMarker, FailureReason(scrape),
                     "a stale marker, because " + FailureSentence(inquiry, scrape));
  } else if (refused != scrape.appends.end()) {
    inquiry.AddLine(scrape, refused->offset, "the series is at ");
    inquiry.Add(LinkKind::kAppend, scrape, fmt::format("its sample was refused: {}", refused->error));
    inquiry.Conclude(
        Outcome::kStaleMarker, "refused",
        fmt::format("a stale marker, because {}'s sample was refused: {}", inquiry.Name(scrape), refused->error));
  } else {
    ExplainNotAppended(inquiry, scrape);
    inquiry.Conclude(Outcome::kStaleMarker, "vanished",
                     fmt::format("a stale marker, because {} did not find the series any more", inquiry.Name(scrape)));
  }
}

void ExplainEndOfRun(Inquiry& inquiry, const History::Scrape& scrape) {
  const std::string why = EndOfTarget(inquiry, inquiry.history.LoopOf(scrape));
  TellLastSeen(inquiry, scrape);
  inquiry
      .Add(LinkKind::kScrape, scrape.begin,
           fmt::format("two intervals after the loop has stopped its series are marked, at the time of the first: {}",
                       inquiry.Since(scrape.t_ms)))
      .scrape = scrape.seq;
  inquiry.Conclude(Outcome::kStaleMarker, "target_gone", "a stale marker, because " + why);
}

/// Nothing that Append or Commit said: what the storage did with it afterwards.
void ExplainNotStored(Inquiry& inquiry, const History::Scrape& scrape, const History::Append& append) {
  TellBody(inquiry, scrape, append.offset);
  const Sample* first = inquiry.StoredAt(append.t_ms);
  if (first != nullptr) {
    inquiry.Conclude(Outcome::kSample, "duplicate",
                     fmt::format("{}, which was there first: the sample {} of {} with the same time was dropped",
                                 SampleText(*first), AppendedText(append), inquiry.Name(scrape)));
    return;
  }
  if (inquiry.query.storage > 0) {
    inquiry.Conclude(Outcome::kNone, "commit_failed",
                     fmt::format("no sample: {} was committed to the primary storage, not to secondary {}",
                                 inquiry.Name(scrape), inquiry.query.storage));
    return;
  }
  inquiry.Conclude(
      Outcome::kNone, "not_stored",
      fmt::format("no sample: the storage dropped {} of {} at commit", AppendedText(append), inquiry.Name(scrape)));
}

void ExplainUndone(Inquiry& inquiry, const History::Scrape& scrape, const History::Append& append, Fate fate) {
  if (append.origin == trace::Origin::kScraped) TellBody(inquiry, scrape, append.offset);
  const History::Transaction* transaction = scrape.TransactionOf(append);
  if (fate == Fate::kPending) {
    inquiry.Conclude(Outcome::kNone, "in_flight",
                     fmt::format("no sample: {} is not committed when the run ends", inquiry.Name(scrape)));
  } else if (fate == Fate::kCommitFailed) {
    Link& link = inquiry.Add(LinkKind::kCommit, transaction->at, fmt::format("commit failed: {}", transaction->error));
    link.scrape = scrape.seq;
    inquiry.Add(LinkKind::kNote,
                "a commit that fails takes all of its scrape with it, up too; the scrape cache goes on");
    inquiry.Conclude(Outcome::kNone, "commit_failed",
                     fmt::format("no sample: the commit of {} failed: {}", inquiry.Name(scrape), transaction->error));
  } else {
    TellFailure(inquiry, scrape);
    Link& link = inquiry.Add(LinkKind::kCommit, transaction->at, "rolled back");
    link.scrape = scrape.seq;
    if (append.origin == trace::Origin::kScraped && LastScraped(inquiry, scrape) != nullptr) {
      inquiry.Add(LinkKind::kNote, scrape, "the scrape saw the series before it failed: no stale marker is written");
    }
    inquiry.Conclude(Outcome::kNone, FailureReason(scrape), "no sample: " + FailureSentence(inquiry, scrape));
  }
}

/// What was stored before and stands in the way of a refused sample; null: nothing does.
const History::Append* InTheWay(const Inquiry& inquiry, const History::Append& refused) {
  const bool duplicate = refused.verdict == AppendCode::kDuplicate;
  if (!duplicate && refused.verdict != AppendCode::kOutOfOrder && refused.verdict != AppendCode::kTooOld)
    return nullptr;
  const History::Append* newest = nullptr;
  for (const History::Scrape& scrape : inquiry.history.scrapes()) {
    if (scrape.seq > refused.scrape) break;
    for (const History::Append& append : scrape.appends) {
      const bool newer = newest == nullptr || append.t_ms > newest->t_ms;
      if ((duplicate ? append.t_ms != refused.t_ms : append.t_ms < refused.t_ms) || !newer) continue;
      if (FateOf(inquiry, scrape, append) == Fate::kStored) newest = &append;
    }
  }
  return newest;
}

void ExplainRefused(Inquiry& inquiry, const History::Scrape& scrape, const History::Append& append) {
  if (append.origin == trace::Origin::kScraped) TellBody(inquiry, scrape, append.offset);
  const bool limit = append.verdict == AppendCode::kSampleLimit || append.verdict == AppendCode::kBucketLimit;
  inquiry.Add(limit ? LinkKind::kLimit : LinkKind::kAppend, scrape,
              fmt::format("{} {} of {}: {}", limit ? "a limit refused" : "the storage refused", AppendedText(append),
                          inquiry.Since(append.t_ms), append.error));
  if (const History::Append* first = InTheWay(inquiry, append)) {
    inquiry.Add(LinkKind::kNote,
                fmt::format("the series had {} of {} already, from {}", AppendedText(*first),
                            inquiry.Since(first->t_ms), inquiry.Name(*inquiry.history.FindScrape(first->scrape))));
  }
  if (scrape.failed()) {
    TellFailure(inquiry, scrape);
    inquiry.Conclude(Outcome::kNone, FailureReason(scrape), "no sample: " + FailureSentence(inquiry, scrape));
  } else {
    inquiry.Conclude(Outcome::kNone, "refused",
                     fmt::format("no sample: the storage refused that of {}: {}", inquiry.Name(scrape), append.error));
  }
}

/// Other targets whose loops append to the subject, too. A target is its labels and its URL (POOL-04).
void TellOtherFeeders(Inquiry& inquiry, const History::Scrape& scrape) {
  const History::Loop& ours = inquiry.history.LoopOf(scrape);
  std::vector<const History::Loop*> others;
  for (const History::Scrape& other : inquiry.history.scrapes()) {
    if (other.loop == scrape.loop || other.appends.empty()) continue;
    const History::Loop& loop = inquiry.history.LoopOf(other);
    const bool same_target = *loop.labels == *ours.labels && loop.pool == ours.pool && loop.url == ours.url;
    const bool meanwhile = loop.started <= scrape.begin && (!loop.stopped || *loop.stopped > scrape.begin);
    const bool known = std::find(others.begin(), others.end(), &loop) != others.end();
    if (!same_target && meanwhile && !known) others.push_back(&loop);
  }
  if (others.empty()) return;
  std::string text = others.size() == 1
                         ? fmt::format("two targets feed this series: {} and {}", ours.subject, others.front()->subject)
                         : fmt::format("{} targets feed this series: {}, {} and {} more", others.size() + 1,
                                       ours.subject, others.front()->subject, others.size() - 1);
  inquiry.Add(LinkKind::kTarget, std::move(text));
}

}  // namespace

const History::Append* LastScraped(const Inquiry& inquiry, const History::Scrape& before) {
  for (std::uint64_t seq = before.seq - 1; seq > 0; --seq) {
    const History::Scrape& scrape = *inquiry.history.FindScrape(seq);
    for (const History::Append& append : scrape.appends) {
      if (append.origin == trace::Origin::kScraped && append.verdict == AppendCode::kOk) return &append;
    }
  }
  return nullptr;
}

void ExplainScrape(Inquiry& inquiry, const History::Scrape& scrape) {
  inquiry.told_loop = &inquiry.history.LoopOf(scrape);
  if (!scrape.end_of_run) TellSchedule(inquiry, scrape);
  TellOtherFeeders(inquiry, scrape);
  const History::Append* best = nullptr;
  Fate best_fate = Fate::kRefused;
  for (const History::Append& append : scrape.appends) {
    const Fate fate = FateOf(inquiry, scrape, append);
    if (best != nullptr && fate <= best_fate) continue;
    best = &append;
    best_fate = fate;
  }
  if (!scrape.end_of_run) TellResponse(inquiry, scrape);
  if (best == nullptr) {
    ExplainNotAppended(inquiry, scrape);
    return;
  }
  switch (best_fate) {
    case Fate::kRefused:
      ExplainRefused(inquiry, scrape, *best);
      return;
    case Fate::kRolledBack:
    case Fate::kPending:
    case Fate::kCommitFailed:
      ExplainUndone(inquiry, scrape, *best, best_fate);
      return;
    case Fate::kNotStored:
      ExplainNotStored(inquiry, scrape, *best);
      return;
    case Fate::kStored:
      break;
  }
  if (scrape.end_of_run) {
    ExplainEndOfRun(inquiry, scrape);
  } else if (best->origin == trace::Origin::kStaleMarker) {
    ExplainMarker(inquiry, scrape);
  } else if (best->origin == trace::Origin::kReport) {
    ExplainReport(inquiry, scrape, *best);
  } else {
    ExplainSample(inquiry, scrape, *best);
  }
  TellCommit(inquiry, scrape, *best);
  TellChunk(inquiry, best->t_ms);
}

}  // namespace stalemark::scenario
