// SPDX-License-Identifier: Apache-2.0
// `stalemark record CONFIG`: scrapes for real and writes a capsule, a scenario that plays the same again; then plays it
// and says whether it does.
#ifndef __EMSCRIPTEN__
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/disk/disk_files.h"
#include "cli/exit_code.h"
#include "cli/live_settings.h"
#include "cli/record/append_log.h"
#include "cli/record/capsule.h"
#include "cli/record/config_redaction.h"
#include "cli/record/end_watch.h"
#include "cli/record/recording_size.h"
#include "cli/record/scenario_text.h"
#include "cli/record/verdict.h"
#include "cli/terminal.h"
#include "core/model/duration.h"
#include "core/text/path_match.h"
#include "core/trace/trace_writer.h"
#include "live/log/time_text.h"
#include "live/loop/file_limit.h"
#include "live/record/recorder.h"
#include "live/record/secret_transport.h"
#include "live/server/fqdn.h"
#include "live/server/signals.h"
#include "sim/final_series.h"
#include "sim/memory_failure_logs.h"
#include "sim/scenario/recording_file.h"

namespace stalemark::cli {
namespace {

constexpr std::string_view kRecordCommand = "record";
/// Full chunks stay until the end: what is stored is compared then.
constexpr Nanoseconds kKeepAll = std::chrono::hours(24 * 365);

struct RecordArguments {
  std::string config;
  std::string duration;
  std::string output;
  bool force = false;
  bool no_redact = false;
  std::vector<std::string> patterns;
  EngineArguments engine;
};

int FailRecord(std::string_view message) {
  Terminal::Complain(fmt::format("stalemark record: {}", message));
  return kFailed;
}

/// What the engine did, until the recording ends.
class RecordedTrace final : public TraceSink {
 public:
  void OnEvent(MonotonicTime at, const trace::Event& event) override {
    if (ended_) return;
    writer_.OnEvent(at, event);
    log_.OnEvent(at, event);
  }
  /// Adds what is stored now.
  void End(const Head& head) {
    ended_ = true;
    head.ForEachSeries([this](const SeriesView& series) {
      if (!series.samples.empty()) AddFinalSeries(series, &writer_);
    });
  }
  const AppendLog& log() const { return log_; }
  std::string store_digest() const { return trace::DigestText(writer_.store_digest()); }

 private:
  trace::TraceWriter writer_{trace::Level::kDigestsOnly};
  AppendLog log_;
  bool ended_ = false;
};

class RecordProcess {
 public:
  RecordProcess(const RecordArguments& arguments, EngineSettings settings, Nanoseconds duration, Redactor& redactor)
      : arguments_(arguments),
        settings_(std::move(settings)),
        duration_(duration),
        redactor_(redactor),
        signals_(loop_, {SIGHUP, SIGINT, SIGTERM}, [this](int signal) { OnSignal(signal); }),
        log_(loop_, settings_.log, [](std::string_view line) { std::fwrite(line.data(), 1, line.size(), stderr); }),
        transport_(MakeLiveTransport(loop_, arguments.engine.io_threads).transport),
        secret_transport_(*transport_, redactor),
        sized_transport_(secret_transport_, redactor.enabled()),
        recorder_(RecorderSeams{loop_, loop_, sized_transport_, files_, redactor,
                                [&redactor](const std::string& text) { return RedactConfig(text, redactor); },
                                [this](const std::string& body) { return capsule_.KeepBody(body); }}),
        server_(LiveSeams{loop_, secret_transport_, files_, failure_logs_, log_, &trace_, nullptr, &recorder_},
                settings_.options) {}

  int Run() {
    std::signal(SIGPIPE, SIG_IGN);
    RaiseFileLimit();
    const auto replace = arguments_.force ? Capsule::Replace::kYes : Capsule::Replace::kNo;
    if (const Status opened = capsule_.Open(arguments_.output, replace); !opened.ok()) {
      return FailRecord(opened.error().message);
    }
    for (const std::string& name : settings_.unknown_features) {
      log_.Warn("Unknown option for --enable-feature", {{"option", name}});
    }
    std::string error;
    server_.Start([&](const Status& status) {
      if (status.ok()) {
        timer_ = loop_.ArmAt(loop_.MonotonicNow() + duration_, [this] { loop_.Stop(); });
        return WatchSize();
      }
      error = status.error().message;
      loop_.Stop();
    });
    if (error.empty()) loop_.Run();
    if (!error.empty())
      return FailRecord(fmt::format("error loading config from \"{}\": {}", arguments_.config, error));
    return Finish();
  }

 private:
  /// Ends a recording that a capsule cannot hold, or that cannot be written.
  void WatchSize() {
    RecordingSize size = sized_transport_.size();
    size.log_bytes = trace_.log().bytes();
    if (const std::string reason = FullReason(size); !reason.empty()) {
      log_.Warn("The recording is full and ends here", {{"reason", reason}});
      return loop_.Stop();
    }
    if (!capsule_.status().ok()) return loop_.Stop();
    size_timer_ = loop_.ArmAt(loop_.MonotonicNow() + std::chrono::seconds(1), [this] { WatchSize(); });
  }

  void OnSignal(int signal) {
    if (signal != SIGHUP) {
      log_.Warn("Received an OS signal, ending the recording...", {{"signal", SignalText(signal)}});
      return loop_.Stop();
    }
    server_.Reload([this](const Status& status) {
      if (!status.ok()) log_.Error("Error reloading config", {{"err", status.error().message}});
    });
  }

  /// Nothing runs any more. The live engine stands as it is.
  int Finish() {
    const Nanoseconds length = recorder_.Finish();
    if (trace_.log().size() == 0) return SayNothing(length);
    trace_.End(*server_.head());
    if (const Status written = WriteCapsule(length); !written.ok()) return FailRecord(written.error().message);
    // From here it is only read.
    std::optional<EndWatch> watch(std::in_place, [this](int signal) { GiveUp(signal); });
    log_.Info("Searching the capsule for secrets...");
    const Result<ScanResult> scan = ScanForSecrets(capsule_.folder(), redactor_);
    if (!scan.ok()) return FailRecord(scan.error().message);
    if (!scan->hits.empty()) {
      for (const std::string& hit : scan->hits) Terminal::Complain("  " + hit);
      return FailRecord("a secret still stands in what was written, at the places above; nothing is left behind");
    }
    log_.Info("Playing the capsule...");
    const Result<std::vector<std::string>> differences =
        CompareReplay(capsule_.folder(), {trace_.log(), *server_.head(), trace_.store_digest()});
    watch.reset();
    if (const Status named = capsule_.Commit(); !named.ok()) return FailRecord(named.error().message);
    if (!differences.ok()) {
      return FailRecord(
          fmt::format("{} is kept, but it cannot be played: {}", arguments_.output, differences.error().message));
    }
    return SayVerdict(length, *scan, *differences);
  }

  /// On the thread of the watch, while the other one reads.
  void GiveUp(int signal) const {
    std::error_code ignored;
    std::filesystem::remove_all(capsule_.folder(), ignored);
    FailRecord(fmt::format("{}: nothing is left behind", SignalText(signal)));
    std::_Exit(kFailed);
  }

  int SayNothing(Nanoseconds length) const {
    const Nanoseconds interval = settings_.options.scrape.discovery_reload_interval;
    const std::string reason = length < interval
                                   ? fmt::format("the first targets come after --scrape.discovery-reload-interval, {}",
                                                 FormatDuration(interval))
                                   : std::string("no target was scraped");
    const Terminal out;
    out.Line(out.Painted("NOTHING RECORDED", Colour::kRed) +
             fmt::format("  {}: {}: {}; nothing is left behind", arguments_.output, FormatDuration(length), reason));
    return kFailed;
  }

  int SayVerdict(Nanoseconds length, const ScanResult& scan, const std::vector<std::string>& differences) const {
    const Terminal out;
    const std::string secrets = redactor_.enabled()
                                    ? fmt::format("{} secret{} replaced, none found in {} files", redactor_.known(),
                                                  redactor_.known() == 1 ? "" : "s", scan.files)
                                    : fmt::format("{} files, secrets left in", scan.files);
    const std::string plain = redactor_.plain() == 0
                                  ? std::string()
                                  : fmt::format(", {} of them too plain to be looked for elsewhere", redactor_.plain());
    const std::string facts =
        fmt::format("{}: {}, {} requests, {} appends, {} bytes, {}", arguments_.output, FormatDuration(length),
                    recorder_.request_count(), trace_.log().appends(), scan.bytes, secrets + plain);
    if (differences.empty()) {
      out.Line(out.Painted("identical", Colour::kGreen) + "  " + facts);
      return kPassed;
    }
    out.Line(out.Painted("DIFFERS", Colour::kRed) + "  " + facts);
    for (const std::string& difference : differences) out.Line(difference);
    return kFailed;
  }

  Status WriteCapsule(Nanoseconds length) {
    Recording recording = recorder_.TakeRecording();
    if (Status padded = capsule_.PadBodies(&recording); !padded.ok()) return padded;
    CapsuleFacts facts;
    facts.start = recorder_.start();
    facts.name = fmt::format("recorded {}", Rfc3339Milliseconds(facts.start));
    facts.duration = length;
    facts.hostname = settings_.options.fqdn;
    facts.features = settings_.features;
    facts.scrape = settings_.options.scrape;
    facts.events = recorder_.Events();
    facts.store_digest = trace_.store_digest();
    std::size_t configs = 0;
    for (const RecordedEvent& event : facts.events) {
      const auto* config = std::get_if<RecordedConfig>(&event.what);
      if (config == nullptr) continue;
      if (Status written = capsule_.Write(ConfigName(++configs), config->text); !written.ok()) return written;
      facts.environment.merge(UsedEnvironment(config->text, settings_.options.load.environment));
    }
    if (Status written = WriteFiles(&facts); !written.ok()) return written;
    if (Status written = capsule_.Write("recording.yml", scenario::RecordingText(recording)); !written.ok()) {
      return written;
    }
    return capsule_.Write("scenario.yml", ScenarioText(facts));
  }

  /// What the configuration names: included files and credentials.
  Status WriteFiles(CapsuleFacts* facts) {
    std::map<std::string, std::string> contents = recorder_.kept_engine_files().read();
    for (const auto& [path, content] : recorder_.kept_config_files().read()) {
      if (path != arguments_.config) contents[path] = content;
    }
    const std::size_t slash = arguments_.config.rfind('/');
    const std::string folder =
        slash == std::string::npos ? "" : text::CleanPath(arguments_.config.substr(0, slash)) + "/";
    for (const auto& [path, content] : contents) {
      const std::string name = fmt::format("files/{:04}", facts->files.size() + 1);
      if (Status written = capsule_.Write(name, content); !written.ok()) return written;
      const bool is_below = !folder.empty() && path.compare(0, folder.size(), folder) == 0;
      facts->files[is_below ? path.substr(folder.size()) : path] = name;
    }
    return {};
  }

  const RecordArguments& arguments_;
  const EngineSettings settings_;
  const Nanoseconds duration_;
  Redactor& redactor_;
  Capsule capsule_;
  EventLoop loop_;
  SignalWatch signals_;
  const Log log_;
  const std::unique_ptr<Transport> transport_;
  SecretTransport secret_transport_;
  SizedTransport sized_transport_;
  const DiskFiles files_;
  MemoryFailureLogs failure_logs_;
  RecordedTrace trace_;
  Recorder recorder_;
  Timer timer_;
  Timer size_timer_;
  LiveServer server_;
};

int Record(const RecordArguments& arguments) {
  EngineSettings settings;
  Nanoseconds duration{0};
  if (!ReadEngineSettings(kRecordCommand, arguments.engine, &settings) ||
      !ReadDuration(kRecordCommand, "--for", arguments.duration, &duration)) {
    return kUsage;
  }
  if (arguments.output.empty()) {
    Terminal::Complain("stalemark record: --output: found nothing, expected the name of a folder");
    return kUsage;
  }
  const Result<std::unique_ptr<Redactor>> redactor = Redactor::Make({!arguments.no_redact, arguments.patterns});
  if (!redactor.ok()) {
    Terminal::Complain("stalemark record: --redact: " + redactor.error().message);
    return kUsage;
  }
  // What a label takes from the environment is the same in the capsule.
  for (auto& [name, value] : settings.options.load.environment) value = (*redactor)->Text(value);
  settings.options.config_file = arguments.config;
  settings.options.retention = kKeepAll;
  const Result<std::string> fqdn = HostFqdn();
  if (!fqdn.ok()) return FailRecord(fqdn.error().message);
  settings.options.fqdn = *fqdn;
  return RecordProcess(arguments, std::move(settings), duration, **redactor).Run();
}

}  // namespace

void AddRecordCommand(CLI::App& app, int* exit_code) {
  auto arguments = std::make_shared<RecordArguments>();
  CLI::App* command = app.add_subcommand("record", "Scrape for real, and write a scenario that plays the same again");
  command->add_option("CONFIG", arguments->config, "prometheus.yml")->required();
  command->add_option("--for", arguments->duration, "Record this long")->type_name("DURATION")->required();
  command->add_option("-o,--output", arguments->output, "The folder to write, a capsule")->type_name("DIR")->required();
  command->add_flag("--force", arguments->force, "Replace a capsule that is there");
  command
      ->add_option("--redact", arguments->patterns,
                   "Replace what matches, too (RE2; the first group if there is one); may be given more than once")
      ->type_name("REGEX")
      ->allow_extra_args(false);
  command->add_flag("--no-redact", arguments->no_redact, "Leave secrets in");
  AddEngineOptions(*command, &arguments->engine);
  command->footer(
      "SIGHUP reloads the configuration; SIGINT and SIGTERM end the recording early.\n"
      "Exit codes: 0: the capsule plays the same; 1: it does not or cannot be played, a secret was found in it,\n"
      "nothing was recorded, the configuration was refused, or it could not be written; 2: usage.\n"
      "Example: stalemark record prometheus.yml --for 5m -o capsule/");
  command->callback([arguments, exit_code] { *exit_code = Record(*arguments); });
}

}  // namespace stalemark::cli
#endif
