// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/text/nearest.h"
#include "sim/expect/expect.h"
#include "sim/expect/target_scrapes.h"

namespace stalemark::scenario {
namespace {

using Peak = LimitUse::Peak;

double Left(const Peak& peak) {
  return peak.at_least ? 0 : static_cast<double>(peak.limit) - static_cast<double>(peak.used);
}

double LeftPercent(const Peak& peak) {
  return Left(peak) * 100 / static_cast<double>(peak.limit);
}

/// What lowers the use, by LimitKind.
std::string_view Remedy(LimitKind kind) {
  switch (kind) {
    case LimitKind::kSample:
      return "drop series with metric_relabel_configs";
    case LimitKind::kLabel:
      return "drop labels with labeldrop";
    case LimitKind::kLabelNameLength:
    case LimitKind::kLabelValueLength:
      return "shorten the label in the exporter or with metric_relabel_configs";
    case LimitKind::kTarget:
      return "drop targets with relabel_configs";
    case LimitKind::kBodySize:
      return "expose less";
    case LimitKind::kBucket:
      return "use fewer buckets (beyond the limit the resolution is halved)";
  }
  return {};
}

class LimitCheck {
 public:
  LimitCheck(const Scenario& scenario, const ScenarioResult& result, const ExpectedLimit& expected)
      : scenario_(scenario), result_(result), expected_(expected), name_(LimitName(expected.limit)) {}

  std::optional<Failure> Check() {
    if (std::string error = Collect(); !error.empty()) return Fail(std::move(error));
    std::optional<Failure> failure = expected_.used ? CheckUsed() : std::nullopt;
    return failure || !expected_.headroom ? failure : CheckHeadroom();
  }

 private:
  Failure Fail(std::string message) const {
    return FailureAt(scenario_, expected_.place, "limits", fmt::format("{} of {}", name_, subject_),
                     std::move(message));
  }

  /// The uses to look at; an error when there is no such job or target.
  std::string Collect() {
    std::vector<trace::LoopId> loops;
    subject_ = expected_.job;
    if (expected_.target) {
      subject_ = expected_.target->name;
      const Result<TargetScrapes> target = ScrapesOf(result_.record, *expected_.target);
      if (!target.ok()) return target.error().message;
      subject_ = target->subject;
      loops = target->loops;
    }
    std::set<std::string_view> jobs;
    for (std::size_t i = 0; i < result_.record.loops().size(); ++i) {
      const RunRecord::Loop& loop = result_.record.loops()[i];
      jobs.insert(loop.pool);
      if (!expected_.target && loop.pool == expected_.job) loops.push_back(trace::LoopId{i + 1});
    }
    if (loops.empty()) {
      const std::string_view nearest = text::NearestWord(expected_.job, {jobs.begin(), jobs.end()});
      return nearest.empty() ? "no such job was scraped"
                             : fmt::format("no such job was scraped (did you mean \"{}\"?)", nearest);
    }
    if (expected_.limit == LimitKind::kTarget) {
      peaks_ = result_.limit_use.targets().at(expected_.job);
      return {};
    }
    for (const trace::LoopId loop : loops) {
      const auto index = static_cast<std::size_t>(loop) - 1;
      if (index < result_.limit_use.loops().size()) {
        peaks_.push_back(result_.limit_use.loops()[index][static_cast<std::size_t>(expected_.limit)]);
      }
    }
    return HasScrape(loops) ? std::string() : "no scrape was done, so nothing was used";
  }

  bool HasScrape(const std::vector<trace::LoopId>& loops) const {
    const std::vector<RunRecord::Scrape>& scrapes = result_.record.scrapes();
    return std::any_of(scrapes.begin(), scrapes.end(), [&](const RunRecord::Scrape& scrape) {
      return scrape.finished && std::find(loops.begin(), loops.end(), scrape.loop) != loops.end();
    });
  }

  std::optional<Failure> CheckUsed() const {
    const Peak& most =
        *std::max_element(peaks_.begin(), peaks_.end(), [](const Peak& a, const Peak& b) { return a.used < b.used; });
    if (expected_.used->Holds(static_cast<double>(most.used))) return std::nullopt;
    Failure failure = Fail(fmt::format("used {}, expected {}", most.used, expected_.used->text));
    failure.detail = Where(most);
    if (expected_.used->is_exact()) {
      failure.edits.push_back({Edit::Kind::kSet, expected_.place, {"used"}, std::to_string(most.used)});
    }
    return failure;
  }

  std::optional<Failure> CheckHeadroom() const {
    const Peak* closest = nullptr;
    for (const Peak& peak : peaks_) {
      if (peak.limit > 0 && (closest == nullptr || LeftPercent(peak) < LeftPercent(*closest))) closest = &peak;
    }
    if (closest == nullptr) {
      Failure failure = Fail("not set, so there is no headroom to speak of");
      failure.next = fmt::format("set {} in the scrape_config, or expect `used` in the place of `headroom`", name_);
      return failure;
    }
    const Comparison& wanted = *expected_.headroom;
    if (wanted.Holds(wanted.is_percent ? LeftPercent(*closest) : Left(*closest))) return std::nullopt;
    Failure failure =
        Fail(fmt::format("headroom {}, expected {}", HeadroomText(*closest, wanted.is_percent), wanted.text));
    failure.detail = Where(*closest);
    failure.next = Next(*closest, wanted);
    return failure;
  }

  static std::string HeadroomText(const Peak& peak, bool is_percent) {
    if (!is_percent) return NumberText(Left(peak));
    // A tenth of a percent, cut: printing needs no rounding that builds might do differently.
    const auto tenths = static_cast<std::int64_t>(std::floor(LeftPercent(peak) * 10));
    return tenths % 10 == 0 ? fmt::format("{}%", tenths / 10) : fmt::format("{}%", static_cast<double>(tenths) / 10);
  }

  std::string Where(const Peak& peak) const {
    std::string text = peak.limit == 0 ? "no limit" : fmt::format("limit {}", peak.limit);
    if (!peak.seen) return text + ", nothing that counts";
    text += peak.at_least ? ", reached" : fmt::format(", largest use {}", peak.used);
    text += AtText(peak.at);
    if (const RunRecord::Scrape* scrape = result_.record.FindScrape(peak.scrape)) {
      const RunRecord::Loop* loop = result_.record.FindLoop(scrape->loop);
      text += fmt::format(", scrape {} of {}", scrape->number, loop == nullptr ? "-" : loop->subject);
    }
    return peak.what.empty() ? text : text + "\n" + peak.what;
  }

  std::string Next(const Peak& peak, const Comparison& wanted) const {
    const bool is_lower_bound = wanted.op == Comparison::Op::kGreater || wanted.op == Comparison::Op::kGreaterOrEqual;
    if (!is_lower_bound || peak.at_least) return fmt::format("{}, or change {}", Remedy(expected_.limit), name_);
    const auto used = static_cast<double>(peak.used);
    double needed = wanted.is_percent ? used * 100 / (100 - wanted.value) : used + wanted.value;
    if (wanted.is_percent && wanted.value >= 100) return std::string(Remedy(expected_.limit));
    needed = std::ceil(needed);
    if (wanted.op == Comparison::Op::kGreater) needed += 1;
    return fmt::format("{}, or set {}: {}", Remedy(expected_.limit), name_, NumberText(needed));
  }

  const Scenario& scenario_;
  const ScenarioResult& result_;
  const ExpectedLimit& expected_;
  const std::string_view name_;
  std::string subject_;
  std::vector<Peak> peaks_;
};

}  // namespace

void CheckLimits(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures) {
  for (const ExpectedLimit& expected : scenario.expect.server.limits) {
    std::optional<Failure> failure = LimitCheck(scenario, result, expected).Check();
    if (failure) failures->push_back(std::move(*failure));
  }
}

}  // namespace stalemark::scenario
