// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/text/ascii.h"
#include "core/text/go_quote.h"
#include "sim/expect/expect.h"
#include "sim/expect/series_check.h"
#include "sim/expect/slots.h"
#include "sim/expect/table.h"
#include "sim/expect/target_scrapes.h"
#include "sim/run/grid.h"

namespace stalemark::scenario {
namespace {

/// What a slot holds: the word of its scrape, or of several.
struct FoundRun {
  std::string text;
  std::uint64_t count = 0;
};

// ---- outcomes ----

class OutcomesCheck {
 public:
  OutcomesCheck(const Scenario& scenario, const ScenarioResult& result, const ExpectedScrapes& expected,
                const TargetScrapes& target)
      : scenario_(scenario), result_(result), expected_(expected), target_(target) {}

  std::optional<Failure> Check() {
    const Result<Grid> grid =
        CommonGrid(scenario_, result_.record, target_.loops, "expect single scrapes, by number, not outcomes");
    if (!grid.ok()) return Fail(grid.error().message);
    grid_ = *grid;
    for (const RunRecord::Scrape* scrape : target_.scrapes) by_slot_[grid_.SlotOf(scrape->t_ms)].push_back(scrape);
    FindRuns();
    std::uint64_t count = 0;
    for (const OutcomeRun& run : *expected_.outcomes) count += run.count;
    const std::string interval = FormatGoDuration(std::chrono::milliseconds(grid_.interval_ms));
    Compare();
    if (count != grid_.slots) {
      return FailWith(fmt::format("found {} outcomes, expected {}: one per scrape scheduled from g0 = {} on, every {}",
                                  count, grid_.slots, SinceStart(scenario_, grid_.g0_ms), interval),
                      {});
    }
    if (table_.count() == 0) return std::nullopt;
    Failure failure =
        FailWith(fmt::format("{} of {} scrapes ended otherwise", table_.count(), grid_.slots), table_.Text() + "\n");
    ExplainAdvice(scenario_, target_.up, TimeOfSlot(grid_, first_different_)).PutInto(&failure);
    return failure;
  }

 private:
  Failure Fail(std::string message) const {
    return FailureAt(scenario_, expected_.place, "scrapes", target_.subject, std::move(message));
  }

  Failure FailWith(std::string message, std::string detail) {
    Failure failure = Fail(std::move(message));
    std::string happened;
    bool can_be_written = true;
    std::vector<OutcomeRun> words;
    for (const FoundRun& run : found_) {
      const auto word = std::find(OutcomeWords().begin(), OutcomeWords().end(), run.text);
      can_be_written = can_be_written && word != OutcomeWords().end();
      if (can_be_written) words.push_back({*word, run.count});
      happened += fmt::format("{}{}", happened.empty() ? "" : " ", run.text);
      if (run.count > 1) happened += fmt::format(" x{}", run.count);
    }
    failure.detail = detail + "happened: " + happened;
    if (can_be_written) {
      failure.edits.push_back({Edit::Kind::kSet, expected_.place, {"outcomes"}, OutcomesText(updated_)});
    }
    return failure;
  }

  void FindRuns() {
    std::uint64_t next = 0;
    const auto add = [this](const std::string& text, std::uint64_t count) {
      if (count == 0) return;
      if (found_.empty() || found_.back().text != text) found_.push_back({text, 0});
      found_.back().count += count;
    };
    for (const auto& [slot, scrapes] : by_slot_) {
      if (slot < 0 || static_cast<std::uint64_t>(slot) >= grid_.slots) continue;
      const auto at = static_cast<std::uint64_t>(slot);
      add(std::string(kOutcomeNone), at - next);
      std::string text;
      for (const RunRecord::Scrape* scrape : scrapes) {
        text += fmt::format("{}{}", text.empty() ? "" : " and ", RunRecord::OutcomeOf(*scrape));
      }
      add(text, 1);
      next = at + 1;
    }
    add(std::string(kOutcomeNone), grid_.slots - next);
  }

  /// Walks both sides run by run; what holds is kept as it is written.
  void Compare() {
    std::size_t expected_run = 0;
    std::uint64_t expected_done = 0;
    std::uint64_t slot = 0;
    for (const FoundRun& run : found_) {
      for (std::uint64_t left = run.count; left > 0;) {
        const bool beyond = expected_run == expected_.outcomes->size();
        const OutcomeRun& wanted = beyond ? kNothing : (*expected_.outcomes)[expected_run];
        const std::uint64_t step = beyond ? left : std::min(left, wanted.count - expected_done);
        const bool holds = !beyond && IsOutcome(wanted.word, run.text);
        if (!holds && !beyond) AddRows(slot, step, wanted.word, run.text);
        Keep(holds ? wanted.word : WordOf(run.text), step);
        left -= step;
        slot += step;
        expected_done += step;
        if (!beyond && expected_done == wanted.count) ++expected_run, expected_done = 0;
      }
    }
  }

  static std::string_view WordOf(const std::string& text) {
    const auto word = std::find(OutcomeWords().begin(), OutcomeWords().end(), text);
    return word == OutcomeWords().end() ? kOutcomeDown : *word;
  }

  void Keep(std::string_view word, std::uint64_t count) {
    AddOutcome(word, &updated_);
    updated_.back().count += count - 1;
  }

  void AddRows(std::uint64_t slot, std::uint64_t count, std::string_view expected, const std::string& found) {
    if (table_.count() == 0) first_different_ = slot;
    for (; count > 0 && !table_.full(); --count, ++slot) table_.Add([&] { return Row(slot, expected, found); });
    table_.Count(count);
  }

  std::vector<std::string> Row(std::uint64_t slot, std::string_view expected, const std::string& found) const {
    const auto scrapes = by_slot_.find(static_cast<std::int64_t>(slot));
    std::string number = "-", error = "no scrape";
    if (scrapes != by_slot_.end()) {
      const RunRecord::Scrape* scrape = scrapes->second.back();
      number = std::to_string(scrape->number);
      error = scrape->error;
    }
    return {number, std::to_string(slot), SinceStart(scenario_, TimeOfSlot(grid_, slot)), std::string(expected), found,
            error};
  }

  static constexpr OutcomeRun kNothing{};

  const Scenario& scenario_;
  const ScenarioResult& result_;
  const ExpectedScrapes& expected_;
  const TargetScrapes& target_;
  Grid grid_;
  std::map<std::int64_t, std::vector<const RunRecord::Scrape*>> by_slot_;
  std::vector<FoundRun> found_;
  std::vector<OutcomeRun> updated_;
  ShortTable table_{{"scrape", "slot", "time", "expected", "found", ""}};
  std::uint64_t first_different_ = 0;
};

// ---- one scrape ----

class ScrapeCheck {
 public:
  ScrapeCheck(const Scenario& scenario, const RunRecord& record, const ExpectedScrapes& expected,
              const TargetScrapes& target)
      : scenario_(scenario), record_(record), expected_(expected), wanted_(*expected.scrape), target_(target) {}

  std::optional<Failure> Check() {
    const std::size_t index = Find();
    if (index == target_.scrapes.size()) {
      std::string message = "there were only " + Counted(target_.scrapes.size(), "scrape");
      if (wanted_.number > 0) message += fmt::format(", no scrape {}", wanted_.number);
      if (wanted_.at) message += ", none began" + AtText(wanted_.at) + " or before";
      return FailureAt(scenario_, expected_.place, "scrapes", target_.subject, std::move(message));
    }
    scrape_ = target_.scrapes[index];
    CompareOutcome();
    for (const auto& [key, bound] : wanted_.counts) CompareCount(key, bound);
    CompareRequest();
    if (table_.count() == 0) return std::nullopt;
    Failure failure = FailureAt(scenario_, expected_.place, "scrapes", target_.subject,
                                fmt::format("scrape {}{} was otherwise", scrape_->number, AtText(scrape_->at)));
    failure.detail = table_.Text();
    ExplainAdvice(scenario_, target_.up, scrape_->t_ms).PutInto(&failure);
    failure.edits = std::move(edits_);
    return failure;
  }

 private:
  std::size_t Find() const {
    if (wanted_.number > 0)
      return static_cast<std::size_t>(std::min<std::uint64_t>(wanted_.number - 1, target_.scrapes.size()));
    std::size_t found = target_.scrapes.size();
    for (std::size_t i = 0; i < target_.scrapes.size() && target_.scrapes[i]->at <= *wanted_.at; ++i) found = i;
    return found;
  }

  void Differ(const std::string& what, std::string expected, std::string found) {
    table_.Add([&] { return std::vector<std::string>{what, std::move(expected), std::move(found)}; });
  }

  void Write(std::vector<std::string> keys, std::string text) {
    edits_.push_back({Edit::Kind::kSet, expected_.place, std::move(keys), std::move(text)});
  }

  void CompareOutcome() {
    const std::string_view outcome = RunRecord::OutcomeOf(*scrape_);
    const std::string error = scrape_->error.empty() ? "no error" : scrape_->error;
    if (!wanted_.outcome.empty() && !IsOutcome(wanted_.outcome, outcome)) {
      const bool failed = IsOutcome(kOutcomeDown, outcome);
      Differ("outcome", std::string(wanted_.outcome),
             failed ? fmt::format("{} ({})", outcome, error) : std::string(outcome));
      Write({"outcome"}, std::string(outcome));
    }
    if (!wanted_.error) return;
    const bool holds =
        wanted_.error->empty() ? scrape_->error.empty() : scrape_->error.find(*wanted_.error) != std::string::npos;
    if (holds) return;
    Differ("error", wanted_.error->empty() ? "no error" : *wanted_.error, error);
    Write({"error"}, scrape_->error);
  }

  double CountOf(std::string_view key) const {
    if (key == "samples_scraped") return static_cast<double>(scrape_->samples_scraped);
    if (key == "samples_post_metric_relabeling") return static_cast<double>(scrape_->samples_post_relabel);
    if (key == "series_added") return static_cast<double>(scrape_->series_added);
    if (key == "stale_markers") return static_cast<double>(scrape_->stale_markers);
    return static_cast<double>(scrape_->duration.count());
  }

  void CompareCount(const std::string& key, const Comparison& bound) {
    const double count = CountOf(key);
    if (!scrape_->finished) {
      Differ(key, bound.text, "- (in flight at the end of the run)");
    } else if (!bound.Holds(count)) {
      const bool is_time = key == "duration";
      Differ(key, bound.text, is_time ? FormatGoDuration(scrape_->duration) : NumberText(count));
      const bool whole = scrape_->duration % std::chrono::milliseconds(1) == Nanoseconds(0);
      if (bound.is_exact() && (!is_time || whole)) {
        Write({key}, is_time ? FormatDuration(scrape_->duration) : NumberText(count));
      }
    }
  }

  void CompareRequest() {
    if (wanted_.headers.empty() && !wanted_.status) return;
    const auto request = std::find_if(scrape_->requests.begin(), scrape_->requests.end(),
                                      [&](const RunRecord::Request& hop) { return hop.hop == wanted_.hop; });
    if (request == scrape_->requests.end()) {
      Differ(
          "request", fmt::format("hop {}", wanted_.hop),
          Counted(scrape_->requests.size(), "request") + (scrape_->requests.size() == 1 ? " was sent" : " were sent"));
      return;
    }
    if (wanted_.status && !wanted_.status->Holds(request->status)) {
      Differ("status", wanted_.status->text, request->status == 0 ? "no response" : std::to_string(request->status));
      if (wanted_.status->is_exact() && request->status != 0) Write({"status"}, std::to_string(request->status));
    }
    if (wanted_.headers.empty()) return;
    if (!request->headers) {
      Differ("request_headers", "a request", "no exporter has read one: " + scrape_->error);
      return;
    }
    for (const ExpectedHeader& header : wanted_.headers)
      CompareHeader(header, record_.header_sets()[*request->headers]);
  }

  void CompareHeader(const ExpectedHeader& wanted, const std::vector<HttpHeader>& headers) {
    const auto found = std::find_if(headers.begin(), headers.end(), [&](const HttpHeader& header) {
      return ascii::EqualFold(header.name, wanted.name);
    });
    const std::string shown = found == headers.end() ? "not sent" : found->value;
    const std::string key = "request_headers." + wanted.name;
    if (!wanted.parts.empty()) {
      for (const std::string& part : wanted.parts) {
        const bool holds = found != headers.end() && found->value.find(part) != std::string::npos;
        if (!holds) Differ(key, "with " + text::GoQuote(part), shown);
      }
    } else if (!wanted.value) {
      if (found != headers.end()) Differ(key, "not sent", shown);
    } else if (found == headers.end() || found->value != *wanted.value) {
      Differ(key, *wanted.value, shown);
      if (found != headers.end()) Write({"request_headers", wanted.name}, found->value);
    }
  }

  const Scenario& scenario_;
  const RunRecord& record_;
  const ExpectedScrapes& expected_;
  const ExpectedScrape& wanted_;
  const TargetScrapes& target_;
  const RunRecord::Scrape* scrape_ = nullptr;
  ShortTable table_{{"", "expected", "found"}};
  std::vector<Edit> edits_;
};

}  // namespace

void CheckScrapes(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures) {
  for (const ExpectedScrapes& expected : scenario.expect.server.scrapes) {
    const Result<TargetScrapes> target = ScrapesOf(result.record, expected.target);
    if (!target.ok()) {
      failures->push_back(
          FailureAt(scenario, expected.target.place, "scrapes", SelectorText(expected.target), target.error().message));
      continue;
    }
    std::optional<Failure> failure = expected.outcomes
                                         ? OutcomesCheck(scenario, result, expected, *target).Check()
                                         : ScrapeCheck(scenario, result.record, expected, *target).Check();
    if (failure) failures->push_back(std::move(*failure));
  }
}

}  // namespace stalemark::scenario
