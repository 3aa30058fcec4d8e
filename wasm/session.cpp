// SPDX-License-Identifier: Apache-2.0
#include "wasm/session.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/config/json_text.h"
#include "core/model/histogram_text.h"
#include "core/model/value.h"
#include "sim/expect/expect.h"
#include "sim/explain/explain.h"
#include "sim/faults/plan.h"
#include "sim/inspect/json_times.h"
#include "sim/inspect/state.h"
#include "sim/report/test_json.h"
#include "sim/report/test_report.h"
#include "sim/scenario/event_insertion.h"
#include "sim/scenario/selector.h"
#include "sim/scenario/series_notation.h"

namespace stalemark::wasm {
namespace {

using scenario::Scenario;

constexpr std::uint64_t kSeriesOfAPage = 100;

struct Bundle {
  BundleFiles files;
  std::string scenario;
};

Result<Bundle> ReadBundle(Request& request) {
  Bundle bundle;
  bundle.files = BundleFiles(request.Files("files"));
  request.Require("scenario");
  bundle.scenario = request.Text("scenario").value_or("");
  if (const Status status = request.status(); !status.ok()) return status.error();
  return bundle;
}

// ---- answers ----

std::string DescribeScenario(const Scenario& scenario) {
  std::string out;
  {
    JsonObject object(out);
    object.AlwaysText("name", scenario.name);
    object.AlwaysInt("start_ms", scenario.start.time_since_epoch() / std::chrono::milliseconds(1));
    inspect::WriteTime(object, "duration_ns", scenario.duration);
    object.AlwaysUint("seed", scenario.seed);
    std::vector<std::string> notes;
    if (!scenario.planned.empty()) {
      notes.push_back(fmt::format("{} events are drawn from seed {}", scenario.planned.size(), scenario.seed));
    }
    object.AlwaysList("notes", notes, AppendJsonString);
  }
  return out;
}

void AppendSample(std::string& out, const Sample& sample) {
  JsonObject object(out);
  object.AlwaysInt("t_ms", sample.t_ms);
  object.AlwaysText("bits", fmt::format("{:016x}", sample.bits));
  object.AlwaysText("text", scenario::ValueText(sample.bits));
  object.AlwaysBool("stale", IsStaleNaN(sample.bits));
  if (sample.st_ms != 0) object.AlwaysInt("st_ms", sample.st_ms);
  if (sample.histogram == nullptr) return;
  object.AlwaysText("histogram",
                    std::visit([](const auto& histogram) { return HistogramText(histogram); }, *sample.histogram));
}

// ---- series ----

/// What a search means: a selector if it has braces, else a part of the series' text.
class SeriesSearch {
 public:
  static Result<SeriesSearch> Make(std::string_view match) {
    SeriesSearch search;
    if (match.find('{') == std::string_view::npos) {
      search.part_ = match;
      return search;
    }
    Result<scenario::Selector> selector = scenario::ParseSelector(match);
    if (!selector.ok()) return selector.error();
    search.matchers_ = std::move(selector).value().matchers;
    return search;
  }
  bool Matches(const Labels& labels) const {
    if (!matchers_.empty()) return MatchesAll(labels, matchers_);
    return part_.empty() || scenario::SeriesText(labels).find(part_) != std::string::npos;
  }

 private:
  std::string part_;
  std::vector<Matcher> matchers_;
};

void AppendSeries(std::string& out, const Head& head, SeriesRef ref) {
  const std::vector<Sample> samples = head.Samples(ref);
  JsonObject object(out);
  object.AlwaysUint("id", static_cast<std::uint64_t>(ref));
  object.AlwaysText("series", scenario::SeriesText(head.LabelsOf(ref)));
  AppendJsonLabels(object.Key("labels"), head.LabelsOf(ref));
  object.AlwaysUint("samples", samples.size());
  object.AlwaysInt("first_ms", samples.empty() ? 0 : samples.front().t_ms);
  object.AlwaysInt("last_ms", samples.empty() ? 0 : samples.back().t_ms);
}

}  // namespace

// ---- the scenario ----

Session::Answer Session::Create(std::string_view text) {
  Result<Request> request = Request::Parse(text);
  if (!request.ok()) return request.error();
  const std::string role = request->Text("role").value_or("judge");
  if (role != "judge" && role != "player") return Error{"key role of the request: expected judge or player"};
  const Result<Bundle> bundle = ReadBundle(*request);
  if (!bundle.ok()) return bundle.error();
  const Result<Scenario> loaded = scenario::LoadScenario(bundle->scenario, bundle->files);
  if (!loaded.ok()) return loaded.error();

  role_ = role == "judge" ? Role::kJudge : Role::kPlayer;
  result_.reset();
  run_.reset();
  bytes_taken_ = 0;
  files_ = bundle->files;
  files_changed_ = false;
  scenario_ = std::make_unique<Scenario>(WithPlan(*loaded));
  scenario::RunOptions options;
  if (role_ == Role::kJudge) {
    options.trace = trace::Level::kDetail;
  } else {
    options.commits = scenario::RunOptions::Commits::kLast;
  }
  run_ = std::make_unique<scenario::ScenarioRun>(*scenario_, options);
  return DescribeScenario(*scenario_);
}

Session::Answer Session::Check(std::string_view text) {
  Result<Request> request = Request::Parse(text);
  if (!request.ok()) return request.error();
  const Result<Bundle> bundle = ReadBundle(*request);
  if (!bundle.ok()) return bundle.error();
  const Result<Scenario> loaded = scenario::LoadScenario(bundle->scenario, bundle->files);
  std::vector<scenario::Failure> problems;
  if (!loaded.ok()) problems = report::InvalidResult(bundle->scenario, loaded.error().message).failures;
  std::string out;
  {
    JsonObject object(out);
    object.AlwaysList("problems", problems, report::AppendFailureJson);
  }
  return out;
}

// ---- time ----

Session::Answer Session::RunTo(std::string_view text) {
  Result<Request> request = Open(text);
  if (!request.ok()) return request.error();
  const Nanoseconds until = request->Time("at_ns").value_or(scenario_->duration);
  if (const Status status = request->status(); !status.ok()) return status.error();
  if (run_ != nullptr) run_->RunTo(MonotonicTime(until));
  return WhereText();
}

Session::Answer Session::Step(std::string_view text) {
  const Result<Request> request = Open(text);
  if (!request.ok()) return request.error();
  if (run_ != nullptr) run_->Step();
  return WhereText();
}

Result<Request> Session::Open(std::string_view request) const {
  if (scenario_ == nullptr) return Error{"there is no run: create has not been called, or has failed"};
  return Request::Parse(request.empty() ? "{}" : request);
}

std::string Session::WhereText() const {
  std::string out;
  {
    JsonObject object(out);
    // The run is gone when its result has been taken: it stands at its end.
    inspect::WriteTime(object, "at_ns", run_ == nullptr ? scenario_->duration : run_->now().time_since_epoch());
    object.AlwaysBool("done", run_ == nullptr || run_->done());
    inspect::WriteTime(object, "next_ns", run_ == nullptr ? std::nullopt : run_->NextDue());
  }
  return out;
}

// ---- the judge ----

Session::Answer Session::Trace(std::string_view text) {
  const Result<Request> request = Open(text);
  if (!request.ok()) return request.error();
  if (role_ != Role::kJudge) return Error{"a player keeps no trace"};
  const std::string_view all = result_ ? std::string_view(result_->trace) : run_->trace_bytes();
  const std::string_view news = all.substr(bytes_taken_);
  bytes_taken_ = all.size();
  return std::string(news);
}

Status Session::Finish() {
  if (result_) return {};
  if (role_ != Role::kJudge) return Error{"a player gives no verdict"};
  if (!run_->done()) return Error{"the run is not over"};
  result_ = run_->Finish();
  run_.reset();
  AddFailures(*scenario_, &*result_);
  return {};
}

Session::Answer Session::Verdict(std::string_view text) {
  const Result<Request> request = Open(text);
  if (!request.ok()) return request.error();
  if (const Status status = Finish(); !status.ok()) return status.error();
  const report::TestResult verdict = report::ResultOf(*scenario_, *result_);
  std::string out;
  {
    JsonObject object(out);
    object.AlwaysText("store_digest", verdict.store_digest);
    object.AlwaysText("trace_digest", verdict.trace_digest);
    object.AlwaysUint("samples", verdict.sample_count);
    object.AlwaysUint("scrapes", verdict.scrape_count);
    object.AlwaysUint("targets", verdict.target_count);
    object.AlwaysList("failures", verdict.failures, report::AppendFailureJson);
    const std::size_t failed = report::FailedExpectationCount(verdict);
    JsonObject counts(object.Key("expectations"));
    counts.AlwaysUint("passed", verdict.expectations.size() - failed);
    counts.AlwaysUint("failed", failed);
  }
  return out;
}

Session::Answer Session::Explain(std::string_view text) {
  Result<Request> request = Open(text);
  if (!request.ok()) return request.error();
  request->Require("series");
  request->Require("at_ns");
  const std::string subject = request->Text("series").value_or("");
  const Nanoseconds at = request->Time("at_ns").value_or(Nanoseconds(0));
  const auto storage = static_cast<std::size_t>(request->Number("storage").value_or(0));
  if (const Status status = request->status(); !status.ok()) return status.error();
  const Result<Labels> labels = scenario::ParseExplainSubject(subject);
  if (!labels.ok()) return labels.error();
  if (const Status status = Finish(); !status.ok()) return status.error();
  const auto explanation = scenario::Explain(*scenario_, *result_, {*labels, storage, at});
  if (!explanation.ok()) return explanation.error();
  return ExplanationJson(*explanation);
}

// ---- the player ----

Result<Request> Session::OpenPlayer(std::string_view request) const {
  Result<Request> opened = Open(request);
  if (opened.ok() && role_ != Role::kPlayer) return Error{"a judge is not looked at: ask a player"};
  return opened;
}

Session::Answer Session::State(std::string_view text) {
  Result<Request> request = OpenPlayer(text);
  if (!request.ok()) return request.error();
  inspect::StateQuery query;
  if (std::optional<Request> cache = request->Object("cache")) {
    cache->Require("loop");
    query.cache.emplace();
    query.cache->loop = static_cast<trace::LoopId>(cache->Number("loop").value_or(0));
    query.cache->match = cache->Text("match").value_or("");
    query.cache->from = cache->Number("from").value_or(0);
    query.cache->limit = cache->Number("limit").value_or(kSeriesOfAPage);
    request->Include(*cache);
  }
  if (std::optional<Request> chunks = request->Object("chunks")) {
    chunks->Require("id");
    query.chunks = static_cast<SeriesRef>(chunks->Number("id").value_or(0));
    request->Include(*chunks);
  }
  if (std::optional<Request> commits = request->Object("commits")) {
    commits->Require("scrape");
    query.commits = static_cast<trace::ScrapeSeq>(commits->Number("scrape").value_or(0));
    request->Include(*commits);
  }
  if (const Status status = request->status(); !status.ok()) return status.error();
  return inspect::StateJson(*run_, *storages().front(), query);
}

Session::Answer Session::Relabel(std::string_view text) {
  Result<Request> request = OpenPlayer(text);
  if (!request.ok()) return request.error();
  inspect::RelabelQuery query;
  if (const auto loop = request->Number("loop")) query.loop = static_cast<trace::LoopId>(*loop);
  if (const auto target = request->Number("target")) query.target = static_cast<std::size_t>(*target);
  const std::optional<std::string> series = request->Text("series");
  if (const Status status = request->status(); !status.ok()) return status.error();
  if (series) {
    const Result<Labels> labels = scenario::ParseSeriesName(*series);
    if (!labels.ok()) return labels.error();
    query.series = *labels;
  }
  return inspect::RelabelJson(*run_, query);
}

/// The event goes into the scenario's file first: what is wrong with it shows as it would there.
Session::Answer Session::Inject(std::string_view text) {
  Result<Request> request = OpenPlayer(text);
  if (!request.ok()) return request.error();
  request->Require("event");
  const std::optional<std::string> event = request->ObjectText("event");
  if (const Status status = request->status(); !status.ok()) return status.error();
  const Result<std::string> file = files_.Read(scenario_->file);
  if (!file.ok()) return file.error();
  run_->RunTo(run_->now());
  Result<scenario::InsertedEvent> inserted =
      scenario::InsertEvent(*file, scenario_->file, scenario_->start, run_->now(), *event);
  if (!inserted.ok()) return inserted.error();
  BundleFiles files = files_;
  files.Set(scenario_->file, inserted->scenario);
  const Result<Scenario> loaded = scenario::LoadScenario(scenario_->file, files);
  if (!loaded.ok()) return loaded.error();
  const auto added = std::max_element(loaded->events.begin(), loaded->events.end(), [](const auto& a, const auto& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
  if (const Status status = run_->Inject(*added); !status.ok()) return status.error();
  files_ = std::move(files);
  files_changed_ = true;
  std::string out;
  {
    JsonObject object(out);
    object.AlwaysText("event", inserted->event);
  }
  return out;
}

Session::Answer Session::Files(std::string_view text) {
  const Result<Request> request = Open(text);
  if (!request.ok()) return request.error();
  std::string out;
  {
    JsonObject object(out);
    JsonObject files(object.Key("files"));
    if (files_changed_) files.AlwaysText(scenario_->file, *files_.Read(scenario_->file));
  }
  return out;
}

// ---- what is stored, now ----

const std::vector<std::unique_ptr<Head>>& Session::storages() const {
  return result_ ? result_->storages : run_->storages();
}

Session::Answer Session::Series(std::string_view text) {
  Result<Request> request = Open(text);
  if (!request.ok()) return request.error();
  const std::uint64_t from = request->Number("from").value_or(0);
  const std::uint64_t limit = request->Number("limit").value_or(kSeriesOfAPage);
  const Result<SeriesSearch> search = SeriesSearch::Make(request->Text("match").value_or(""));
  if (const Status status = request->status(); !status.ok()) return status.error();
  if (!search.ok()) return search.error();
  const Head& head = *storages().front();
  std::vector<SeriesRef> page;
  std::uint64_t total = 0;
  for (const SeriesRef ref : head.SeriesByLabels()) {
    if (!search->Matches(head.LabelsOf(ref))) continue;
    if (total >= from && page.size() < limit) page.push_back(ref);
    ++total;
  }
  std::string out;
  {
    JsonObject object(out);
    object.AlwaysUint("total", total);
    object.AlwaysList("series", page, [&](std::string& to, SeriesRef ref) { AppendSeries(to, head, ref); });
  }
  return out;
}

Session::Answer Session::Samples(std::string_view text) {
  Result<Request> request = Open(text);
  if (!request.ok()) return request.error();
  request->Require("id");
  const std::uint64_t id = request->Number("id").value_or(0);
  if (const Status status = request->status(); !status.ok()) return status.error();
  const Head& head = *storages().front();
  if (!head.Has(SeriesRef{id})) return Error{fmt::format("no series has the number {}", id)};
  const auto ref = static_cast<SeriesRef>(id);
  std::string out;
  {
    JsonObject object(out);
    object.AlwaysText("series", scenario::SeriesText(head.LabelsOf(ref)));
    AppendJsonLabels(object.Key("labels"), head.LabelsOf(ref));
    object.AlwaysList("samples", head.Samples(ref), AppendSample);
  }
  return out;
}

}  // namespace stalemark::wasm
