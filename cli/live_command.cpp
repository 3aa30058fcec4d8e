// SPDX-License-Identifier: Apache-2.0
// `stalemark live CONFIG`: scrapes for real, as Prometheus would, until it is told to stop. The command only puts the
// parts together: event loop, transport, server, listener, sinks.
#ifndef __EMSCRIPTEN__
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/disk/disk_files.h"
#include "cli/disk/file_writer.h"
#include "cli/exit_code.h"
#include "cli/live_settings.h"
#include "cli/terminal.h"
#include "cli/view_page.h"
#include "core/model/byte_size.h"
#include "live/http/io_threads.h"
#include "live/loop/file_limit.h"
#include "live/server/disk_failure_logs.h"
#include "live/server/fqdn.h"
#include "live/server/live_server.h"
#include "live/server/signals.h"
#include "live/server/web_server.h"
#include "live/trace/trace_ring.h"
#include "sim/report/stored_series.h"
#include "sim/scenario/selector.h"

namespace stalemark::cli {
namespace {

constexpr std::string_view kCommand = "live";
constexpr const char* kViewAddress = "/?trace=trace&follow=2";

struct LiveArguments {
  std::string config;
  std::string listen_address = "127.0.0.1:9090";
  bool enable_lifecycle = false;
  EngineArguments engine;
  std::string retention = "3h";
  std::string flush_deadline = "1m";
  std::string duration;
  std::string samples;
  std::string openmetrics;
  bool view = false;
  std::string view_buffer = "32MB";
  std::string page;
};

/// The command's arguments, understood.
struct LiveSettings {
  EngineSettings engine;
  /// Absent: until it is told to stop.
  std::optional<Nanoseconds> duration;
  /// Of the trace that the visualizer follows; 0: none is kept.
  std::size_t trace_bytes = 0;
};

Result<std::vector<Matcher>> ParseMatchers(std::string_view text) {
  Result<scenario::Selector> selector = scenario::ParseSelector(text);
  if (!selector.ok()) return selector.error();
  return std::move(selector->matchers);
}

std::optional<LiveSettings> ReadSettings(const LiveArguments& arguments) {
  LiveSettings settings;
  LiveOptions& options = settings.engine.options;
  options.config_file = arguments.config;
  if (arguments.enable_lifecycle) options.lifecycle = LiveOptions::Lifecycle::kEnabled;
  options.parse_selector = ParseMatchers;
  Nanoseconds duration{0};
  if (!ReadEngineSettings(kCommand, arguments.engine, &settings.engine) ||
      !ReadDuration(kCommand, "--retention", arguments.retention, &options.retention) ||
      !ReadDuration(kCommand, "--storage.remote.flush-deadline", arguments.flush_deadline,
                    &options.remote_write.flush_deadline) ||
      (!arguments.duration.empty() && !ReadDuration(kCommand, "--for", arguments.duration, &duration))) {
    return {};
  }
  if (!arguments.duration.empty()) settings.duration = duration;
  if (!arguments.view) return settings;
  const Result<std::int64_t> bytes = ParseByteSize(arguments.view_buffer);
  if (!bytes.ok() || *bytes <= 0) {
    Terminal::Complain(fmt::format("stalemark live: --view-buffer: found \"{}\", expected a size such as 32MB",
                                   arguments.view_buffer));
    return {};
  }
  settings.trace_bytes = static_cast<std::size_t>(*bytes);
  return settings;
}

/// Where `--samples` goes: lines are there as soon as they are committed.
class SampleFile {
 public:
  /// An error: the file cannot be opened.
  Status Open(const std::string& path) {
    file_ = path == "-" ? stdout : std::fopen(path.c_str(), "wbe");
    if (file_ == nullptr)
      return Error{fmt::format("--samples: open {}: {}", path, std::generic_category().message(errno))};
    return {};
  }
  ~SampleFile() {
    if (file_ != nullptr && file_ != stdout) std::fclose(file_);
  }
  SampleFile() = default;
  SampleFile(const SampleFile&) = delete;
  SampleFile& operator=(const SampleFile&) = delete;

  void Write(std::string_view lines) {
    if (std::fwrite(lines.data(), 1, lines.size(), file_) != lines.size() || std::fflush(file_) != 0) lost_ = true;
  }
  bool is_open() const { return file_ != nullptr; }
  /// Not all that was stored was written.
  bool lost() const { return lost_; }

 private:
  std::FILE* file_ = nullptr;
  bool lost_ = false;
};

/// The process while it runs.
class LiveProcess {
 public:
  LiveProcess(const LiveArguments& arguments, LiveSettings settings)
      : arguments_(arguments),
        settings_(std::move(settings)),
        // First, so that the threads of the others leave these signals alone.
        signals_(loop_, {SIGHUP, SIGINT, SIGTERM}, [this](int signal) { OnSignal(signal); }),
        log_(loop_, settings_.engine.log,
             [](std::string_view line) { std::fwrite(line.data(), 1, line.size(), stderr); }),
        transport_(MakeLiveTransport(loop_, arguments.engine.io_threads)),
        web_(loop_, [this](const ApiRequest& request, WebServer::Reply reply) {
          server_->Answer(request, std::move(reply));
        }) {}

  int Run() {
    std::signal(SIGPIPE, SIG_IGN);
    RaiseFileLimit();
    if (const Status opened = OpenSamples(); !opened.ok()) return Fail(opened.error());
    log_.Info("Starting stalemark live", {{"version", settings_.engine.options.version}});
    for (const std::string& name : settings_.engine.unknown_features) {
      log_.Warn("Unknown option for --enable-feature", {{"option", name}});
    }
    if (const Status made = MakeServer(); !made.ok()) return Fail(made.error());
    web_.Start();
    log_.Info("Listening on", {{"address", web_.address()}});
    if (settings_.duration) {
      timer_ = loop_.ArmAt(loop_.MonotonicNow() + *settings_.duration, [this] { Stop(); });
    }
    server_->Start([this](const Status& status) {
      if (status.ok()) return;
      log_.Error(
          "Fatal error",
          {{"err", fmt::format("error loading config from \"{}\": {}", arguments_.config, status.error().message)}});
      exit_code_ = kFailed;
      Stop();
    });
    loop_.Run();
    WriteOpenMetrics();
    if (samples_.lost()) exit_code_ = Fail(Error{"--samples: not everything could be written"});
    log_.Info("See you next time!");
    return exit_code_;
  }

 private:
  static int Fail(const Error& error) {
    Terminal::Complain("stalemark live: " + error.message);
    return kFailed;
  }

  Status OpenSamples() {
    if (arguments_.samples.empty()) return {};
    settings_.engine.options.write_samples = [this](std::string_view lines) { samples_.Write(lines); };
    return samples_.Open(arguments_.samples);
  }

  Status MakeServer() {
    if (Status listening = web_.Listen(arguments_.listen_address); !listening.ok()) return listening;
    Result<std::string> host = HostName();
    if (!host.ok()) return host.error();
    Result<std::string> fqdn = HostFqdn();
    if (!fqdn.ok()) return fqdn.error();
    settings_.engine.options.fqdn = *fqdn;
    settings_.engine.options.global_url = {std::to_string(web_.port()), fmt::format("{}:{}", *host, web_.port())};
    if (Status viewed = AddView(); !viewed.ok()) return viewed;
    LiveSeams seams{loop_, *transport_.transport, files_, failure_logs_, log_, trace_.get()};
    seams.unpacker = transport_.unpacker;
    server_ = std::make_unique<LiveServer>(seams, settings_.engine.options);
    server_->SetOnQuit([this] {
      log_.Warn("Received termination request via web service, exiting gracefully...");
      Stop();
    });
    return {};
  }

  /// The visualizer's page at `/`, which follows `/trace`.
  Status AddView() {
    if (settings_.trace_bytes == 0) return {};
    Result<std::string> page = ReadViewPage(arguments_.page);
    if (!page.ok()) return page.error();
    trace_ = std::make_unique<TraceRing>(settings_.trace_bytes);
    settings_.engine.options.pages["/"] = [page = std::move(page).value()](const ApiRequest& request) {
      // The page reads from its own address what it is to show.
      if (request.Parameter("trace").empty()) return ApiAnswer{302, "text/plain", "", {{"Location", kViewAddress}}};
      return ApiAnswer{200, "text/html; charset=utf-8", page, {{"Cache-Control", "no-store"}}};
    };
    settings_.engine.options.pages["/trace"] = [this](const ApiRequest&) {
      return ApiAnswer{200, "application/octet-stream", trace_->bytes(), {{"Cache-Control", "no-store"}}};
    };
    return {};
  }

  void OnSignal(int signal) {
    if (signal == SIGHUP) {
      if (stopping_) return;
      return server_->Reload([this](const Status& status) {
        if (!status.ok()) log_.Error("Error reloading config", {{"err", status.error().message}});
      });
    }
    if (stopping_) {
      log_.Warn("Received a second OS signal, exiting at once", {{"signal", SignalText(signal)}});
      _exit(kFailed);
    }
    log_.Warn("Received an OS signal, exiting gracefully...", {{"signal", SignalText(signal)}});
    Stop();
  }

  void Stop() {
    if (std::exchange(stopping_, true)) return;
    server_->Stop([this] { web_.Stop([this] { loop_.Stop(); }); });
  }

  void WriteOpenMetrics() {
    if (arguments_.openmetrics.empty() || server_->head() == nullptr) return;
    FileWriter file(arguments_.openmetrics);
    const report::LeftOut left_out =
        report::WriteOpenMetrics(*server_->head(), [&](std::string_view text) { file.Write(text); });
    if (const Status written = file.Commit(); !written.ok()) {
      exit_code_ = Fail(written.error());
      return;
    }
    if (const std::string text = LeftOutText(left_out); !text.empty()) {
      log_.Info("Not in the OpenMetrics file, which has no words for it", {{"what", text}});
    }
  }

  const LiveArguments& arguments_;
  LiveSettings settings_;
  EventLoop loop_;
  SignalWatch signals_;
  const Log log_;
  const LiveTransport transport_;
  const DiskFiles files_;
  DiskFailureLogs failure_logs_;
  SampleFile samples_;
  std::unique_ptr<TraceRing> trace_;
  std::unique_ptr<LiveServer> server_;
  WebServer web_;
  Timer timer_;
  bool stopping_ = false;
  int exit_code_ = kPassed;
};

int Live(const LiveArguments& arguments) {
  std::optional<LiveSettings> settings = ReadSettings(arguments);
  if (!settings) return kUsage;
  return LiveProcess(arguments, std::move(*settings)).Run();
}

}  // namespace

void AddLiveCommand(CLI::App& app, int* exit_code) {
  auto arguments = std::make_shared<LiveArguments>();
  CLI::App* command = app.add_subcommand("live", "Scrape for real, as Prometheus would");
  command->add_option("CONFIG", arguments->config, "prometheus.yml")->required();
  command
      ->add_option("--web.listen-address", arguments->listen_address,
                   "Serve the API here; port 0: any free one (default 127.0.0.1:9090)")
      ->type_name("HOST:PORT");
  command->add_flag("--web.enable-lifecycle", arguments->enable_lifecycle, "Obey POST /-/reload and /-/quit");
  command
      ->add_option("--retention", arguments->retention,
                   "Keep full chunks, and series without new samples, this long in memory (default 3h)")
      ->type_name("DURATION");
  command
      ->add_option("--storage.remote.flush-deadline", arguments->flush_deadline,
                   "At the end, wait this long for remote write (default 1m)")
      ->type_name("DURATION");
  command->add_option("--for", arguments->duration, "Stop after this time")->type_name("DURATION");
  command->add_option("--samples", arguments->samples, "Write what is stored as JSON lines; -: standard output")
      ->type_name("FILE");
  command->add_option("--openmetrics", arguments->openmetrics, "Write what is in memory at the end as OpenMetrics text")
      ->type_name("FILE");
  command->add_flag("--view", arguments->view, "Serve the visualizer at /, following what happens");
  command->add_option("--view-buffer", arguments->view_buffer, "Keep so much of the trace for it (default 32MB)")
      ->type_name("SIZE");
  command->add_option("--page", arguments->page, "The visualizer's page (default: the one that was built)")
      ->type_name("FILE");
  AddEngineOptions(*command, &arguments->engine);
  command->footer(
      "SIGHUP reloads the configuration; SIGINT and SIGTERM stop, a second one at once.\n"
      "Exit codes: 0: stopped; 1: the configuration was refused at the start, or output could not be written; 2: "
      "usage.\n"
      "Example: stalemark live prometheus.yml --for 5m --samples samples.jsonl");
  command->callback([arguments, exit_code] { *exit_code = Live(*arguments); });
}

}  // namespace stalemark::cli
#endif
