// SPDX-License-Identifier: Apache-2.0
// A run recorded and replayed without a real clock or network: late timers, a stepped wall clock, failing exporters and
// a reload come from the simulation, as what "live" is.
#include <cstdlib>
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "cli/disk/disk_files.h"
#include "cli/disk/file_writer.h"
#include "cli/record/append_log.h"
#include "cli/record/capsule.h"
#include "cli/record/config_redaction.h"
#include "cli/record/recording_size.h"
#include "cli/record/scenario_text.h"
#include "cli/record/verdict.h"
#include "core/config/yaml.h"
#include "core/storage/head.h"
#include "core/trace/trace_writer.h"
#include "live/record/recorder.h"
#include "live/record/secret_transport.h"
#include "sim/bundle_files.h"
#include "sim/final_series.h"
#include "sim/late_scheduler.h"
#include "sim/memory_failure_logs.h"
#include "sim/run/scenario_run.h"
#include "sim/scenario/recording_file.h"
#include "sim/sim_network.h"

namespace stalemark::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr const char* kConfig = R"(global: {scrape_interval: 1s, scrape_timeout: 600ms}
scrape_configs:
- job_name: a
  authorization: {credentials: t0ken-5a51}
  params: {token: [p4ram-eter]}
- {job_name: b, body_size_limit: 20B}
)";
constexpr const char* kSecondConfig = R"(global: {scrape_interval: 2s, scrape_timeout: 600ms}
scrape_configs:
- {job_name: a, metric_relabel_configs: [{regex: kind, action: labeldrop}]}
)";

ScriptedExporter::Step Answer(std::string body, Nanoseconds delay, SimFault fault = SimFault::kNone, int status = 200) {
  ResponseScript script;
  script.body = std::move(body);
  script.delay = delay;
  script.fault = fault;
  script.status = status;
  script.after = 3;
  script.drip_bytes = 5;
  script.drip_delay = milliseconds(3);
  if (status == 302) script.headers = {{"Location", "/elsewhere"}};
  script.headers.push_back({"Content-Type", "text/plain"});
  return {std::make_shared<const SimResponse>(std::move(script)), 1};
}

/// The scraping process as LiveServer puts it together, on simulated surroundings.
class Recorded {
 public:
  Recorded() {
    char name[] = "/tmp/stalemark-replay-XXXXXX";
    folder_ = mkdtemp(name);
    BOOST_REQUIRE(capsule.Open((folder_ / "out").string(), Capsule::Replace::kNo).ok());
    late_.SetSpans({{MonotonicTime(), MonotonicTime(std::chrono::minutes(1)), milliseconds(7)}}, 11);
    const auto exporter = [](std::vector<ScriptedExporter::Step> steps) {
      return std::make_unique<ScriptedExporter>(std::move(steps));
    };
    const std::string page = "m{kind=\"x\",who=\"customer-7\"} 1\nn 2\n";
    network_.SetExporter(
        "a:80", exporter({Answer(page, milliseconds(2)),
                          Answer("no customer-" + std::string(60, '9'), milliseconds(1), SimFault::kNone, 500),
                          Answer("", milliseconds(1), SimFault::kRefuse), Answer("", milliseconds(1), SimFault::kHang),
                          Answer("", milliseconds(4), SimFault::kNone, 302), Answer(page, milliseconds(1)),
                          Answer(page, milliseconds(1), SimFault::kTruncate), Answer("m 2\n", milliseconds(2))}));
    network_.SetExporter("b:80", exporter({Answer("x 1\n", milliseconds(3)),
                                           Answer("a_body_of_more_than_20_bytes 1\n", milliseconds(1))}));
    manager_ = std::make_unique<ScrapeManager>(ScrapeSeams{recorder.clock(), recorder.scheduler(), recorder.transport(),
                                                           head, recorder.engine_files(), logs_, choices_, &trace_},
                                               Options(), "host-1");
    trace_.logs = {&log, &writer};
  }
  ~Recorded() { fs::remove_all(folder_); }

  static ScrapeOptions Options() {
    ScrapeOptions options;
    options.discovery_reload_interval = std::chrono::seconds(1);
    return options;
  }

  void Apply(const char* text) {
    const std::string redacted = RedactConfig(text, *redactor).value();
    recorder.Enter([&] {
      recorder.OnConfig(redacted);
      const Config config = LoadConfig(redacted, {}).value();
      manager_->ApplyConfig(config.scrape_configs, config.global.external_labels, [this](const Status&) {
        if (!std::exchange(running_, true)) manager_->Run();
      });
    });
  }
  void Send(TargetSets targets) {
    recorder.Enter([&] { manager_->UpdateTargets(recorder.OnTargets(std::move(targets))); });
  }
  void Pass(Nanoseconds span) { real.RunUntil(real.MonotonicNow() + span); }

  /// A run with everything in it.
  void Run() {
    const TargetGroup a{"0", {{{"__address__", "a:80"}}}, {{"zone", "customer-7"}}};
    const TargetGroup b{"0", {{{"__address__", "b:80"}}, {{"__address__", "gone:80"}}}, {}};
    Apply(kConfig);
    Pass(milliseconds(100));
    Send({{"a", {a}}, {"b", {b}}});
    Pass(milliseconds(9300));
    real.StepWall(milliseconds(-1700));
    Pass(milliseconds(2200));
    Send({{"a", {a}}, {"b", {}}});
    Pass(milliseconds(2900));
    real.StepWall(std::chrono::seconds(90));
    Apply(kSecondConfig);
    Pass(milliseconds(6001));
  }

  void Write() {
    CapsuleFacts facts;
    facts.name = "test";
    facts.start = recorder.start();
    facts.duration = recorder.Finish();
    facts.hostname = "host-1";
    facts.scrape = Options();
    facts.events = recorder.Events();
    head.ForEachSeries([this](const SeriesView& series) {
      if (!series.samples.empty()) AddFinalSeries(series, &writer);
    });
    facts.store_digest = Digest();
    std::size_t configs = 0;
    for (const RecordedEvent& event : facts.events) {
      const auto* config = std::get_if<RecordedConfig>(&event.what);
      if (config != nullptr) BOOST_REQUIRE(capsule.Write(ConfigName(++configs), config->text).ok());
    }
    Recording recording = recorder.TakeRecording();
    BOOST_REQUIRE(capsule.PadBodies(&recording).ok());
    BOOST_REQUIRE(capsule.Write("recording.yml", scenario::RecordingText(recording)).ok());
    BOOST_REQUIRE(capsule.Write("scenario.yml", ScenarioText(facts)).ok());
  }
  std::string Digest() const { return trace::DigestText(writer.store_digest()); }
  std::vector<std::string> Compare() { return CompareReplay(capsule.folder(), {log, head, Digest()}).value(); }

  VirtualClock real{WallTime(Nanoseconds(1'790'000'000'123'456'789))};
  std::unique_ptr<Redactor> redactor = std::move(Redactor::Make({true, {"customer-[0-9]+"}})).value();
  Capsule capsule;
  Head head;
  AppendLog log;
  trace::TraceWriter writer{trace::Level::kDigestsOnly};

 private:
  struct Both final : TraceSink {
    void OnEvent(MonotonicTime at, const trace::Event& event) override {
      for (TraceSink* sink : logs) sink->OnEvent(at, event);
    }
    std::vector<TraceSink*> logs;
  };

  fs::path folder_;
  LateScheduler late_{real};
  SimNetwork network_{real, real};
  SecretTransport secrets_{network_, *redactor};
  SizedTransport sized_{secrets_, true};
  BundleFiles files_;
  MemoryFailureLogs logs_;
  FirstChoice choices_;
  Both trace_;

 public:
  Recorder recorder{RecorderSeams{real, late_, sized_, files_, *redactor,
                                  [this](const std::string& text) { return RedactConfig(text, *redactor); },
                                  [this](const std::string& body) { return capsule.KeepBody(body); }}};
  const RecordingSize& size() const { return sized_.size(); }

 private:
  std::unique_ptr<ScrapeManager> manager_;
  bool running_ = false;
};

/// What a reader of the file follows: each value, each key.
std::size_t CountNodes(const yaml::Node& node) {
  std::size_t count = 1;
  for (const yaml::Node* child : node.children) count += CountNodes(*child);
  return count;
}

/// The file with its first `from` replaced.
void Change(const fs::path& file, const std::string& from, const std::string& to) {
  std::string text = DiskFiles().Read(file.string()).value();
  const std::size_t at = text.find(from);
  BOOST_REQUIRE(at != std::string::npos);
  BOOST_REQUIRE(WriteFile(file.string(), text.replace(at, from.size(), to)).ok());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(record_replay, Recorded)

BOOST_AUTO_TEST_CASE(the_replay_is_identical) {
  Run();
  Write();
  BOOST_TEST(log.appends() > 60);
  for (const std::string& difference : Compare()) BOOST_ERROR(difference);
  const ScanResult scan = ScanForSecrets(capsule.folder(), *redactor).value();
  BOOST_TEST(scan.hits.empty());
  BOOST_TEST(scan.files > 5);
}

BOOST_AUTO_TEST_CASE(a_changed_body_is_a_difference) {
  Run();
  Write();
  std::string changed;
  for (const fs::directory_entry& entry : fs::directory_iterator(capsule.folder() / "bodies")) {
    if (DiskFiles().Read(entry.path().string()).value() == "x 1\n") changed = entry.path().string();
  }
  Change(changed, "1", "2");
  const Result<std::vector<std::string>> refused = CompareReplay(capsule.folder(), {log, head, Digest()});
  BOOST_REQUIRE(!refused.ok());
  BOOST_TEST(refused.error().message.find("content does not match its name: the capsule was changed") !=
             std::string::npos);
  // Under a name of its own it can be played.
  Change(capsule.folder() / "recording.yml", scenario::BodyName("x 1\n"), capsule.KeepBody("x 2\n"));
  const std::vector<std::string> differences = Compare();
  BOOST_REQUIRE(!differences.empty());
  BOOST_TEST(
      differences[0].find("live    append x{instance=\"b:80\",job=\"b\"} 3ff0000000000000 @") != std::string::npos,
      differences[0]);
  BOOST_TEST(
      differences[0].find("replay  append x{instance=\"b:80\",job=\"b\"} 4000000000000000 @") != std::string::npos,
      differences[0]);
}

BOOST_AUTO_TEST_CASE(a_lost_timer_is_a_difference) {
  Run();
  Write();
  std::string text = DiskFiles().Read((capsule.folder() / "recording.yml").string()).value();
  const std::size_t timers = text.find("timers:\n") + 8;
  const std::size_t end = text.find("exchanges:");
  // Without its lateness a tick is aligned otherwise, or a scrape takes another time.
  BOOST_REQUIRE(WriteFile((capsule.folder() / "recording.yml").string(),
                          text.erase(timers, end - timers).insert(timers, "- [0, 0, 9, 9]\n"))
                    .ok());
  BOOST_TEST(!Compare().empty());
}

BOOST_AUTO_TEST_CASE(a_secret_in_a_file_is_a_hit) {
  Run();
  Write();
  BOOST_REQUIRE(capsule.Write("extra", "so: t0ken-5a51").ok());
  const ScanResult scan = ScanForSecrets(capsule.folder(), *redactor).value();
  BOOST_REQUIRE_EQUAL(scan.hits.size(), 1);
  BOOST_TEST(scan.hits[0] == "extra: byte 4");
}

BOOST_AUTO_TEST_CASE(another_configuration_gets_the_answers_of_its_time) {
  Run();
  Write();
  Change(capsule.folder() / "prometheus.yml", "scrape_interval: 1s", "scrape_interval: 3s");
  const scenario::Scenario scenario =
      scenario::LoadScenario((capsule.folder() / "scenario.yml").string(), DiskFiles()).value();
  AppendLog other;
  scenario::RunOptions options;
  options.sink = &other;
  scenario::RunScenario(scenario, options);
  BOOST_TEST(other.appends() > 30);
  BOOST_TEST(other.appends() < log.appends());
}

BOOST_AUTO_TEST_CASE(a_body_that_became_shorter_has_its_length) {
  Run();
  Write();
  std::string padded;
  for (const fs::directory_entry& entry : fs::directory_iterator(capsule.folder() / "bodies")) {
    const std::string body = DiskFiles().Read(entry.path().string()).value();
    if (body.compare(0, 3, "no ") == 0 && body.size() == 72) padded = body;
  }
  BOOST_TEST(padded.find("redacted-secret-") == 3);
  BOOST_TEST(padded.back() == ' ');
}

BOOST_AUTO_TEST_CASE(the_size_is_not_less_than_what_is_written) {
  Run();
  Write();
  const std::string text = DiskFiles().Read((capsule.folder() / "recording.yml").string()).value();
  yaml::SyntaxError error;
  const yaml::Document document = std::move(yaml::Parse(text, &error)).value();
  BOOST_TEST(size().requests == recorder.request_count());
  BOOST_TEST(size().nodes >= CountNodes(*document.root()));
  BOOST_TEST(size().text_bytes >= text.size());
  BOOST_TEST(log.bytes() >= 40 * log.size());
}

BOOST_AUTO_TEST_CASE(a_recording_ends_at_each_limit) {
  BOOST_TEST(FullReason({39'999, 3'499'999, 1000, 1000}).empty());
  BOOST_TEST(FullReason({40'000, 1, 1, 1}) == "40000 of at most 40000 requests");
  BOOST_TEST(FullReason({1, 3'500'001, 1, 1}) == "3500001 of at most 3500000 values in recording.yml");
  BOOST_TEST(!FullReason({1, 1, std::size_t{57} << 20, 1}).empty());
  BOOST_TEST(!FullReason({1, 1, 1, std::size_t{1} << 30}).empty());
}

BOOST_AUTO_TEST_CASE(only_the_owner_looks_into_a_capsule_before_it_has_its_name) {
  const auto mode = [](const fs::path& path) { return fs::status(path).permissions(); };
  const fs::path folder = capsule.folder();
  BOOST_TEST((mode(folder) == fs::perms::owner_all));
  const fs::path usual = folder.parent_path() / "usual";
  BOOST_REQUIRE(fs::create_directory(usual));
  BOOST_REQUIRE(capsule.Commit().ok());
  BOOST_TEST((mode(capsule.folder()) == mode(usual)));
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_a_capsule_that_is_not_committed) {
  const fs::path folder = capsule.folder().parent_path();
  {
    Capsule other;
    BOOST_REQUIRE(other.Open((folder / "other").string(), Capsule::Replace::kNo).ok());
    BOOST_TEST(other.KeepBody("x") == other.KeepBody("x"));
    BOOST_TEST(fs::exists(other.folder()));
  }
  BOOST_TEST(std::distance(fs::directory_iterator(folder), {}) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::cli
