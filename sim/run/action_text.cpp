// SPDX-License-Identifier: Apache-2.0
#include "sim/run/action_text.h"

#include <variant>

#include <fmt/format.h>

#include "core/model/duration.h"

namespace stalemark::scenario {
namespace {

std::string StorageName(std::size_t storage) {
  return storage == 0 ? "primary" : fmt::format("secondary {}", storage);
}

struct Texts {
  std::string operator()(const ExporterFault& fault) const {
    std::string text = fmt::format("{}: {}", fault.address, FaultKindText(fault.kind));
    const FaultTraits& traits = TraitsOf(fault.kind);
    if (traits.Takes(FaultKey::kStatus)) text += fmt::format(" {}", fault.status);
    if (traits.Takes(FaultKey::kBytes)) text += fmt::format(" of {} bytes", fault.bytes);
    if (fault.after.value_or(0) > 0) text += fmt::format(" after {} bytes", *fault.after);
    if (!fault.text.empty()) text += ": " + fault.text;
    if (fault.delay > Nanoseconds(0)) text += fmt::format(", delay {}", FormatGoDuration(fault.delay));
    return text;
  }
  std::string operator()(const ExporterRestart& restart) const { return restart.address + ": restart"; }
  std::string operator()(const TargetsChange& change) const {
    std::string text = "discovery finds";
    std::string_view separator = " ";
    for (const auto& [job, groups] : change.sets) {
      std::size_t targets = 0;
      for (const TargetGroup& group : groups) targets += group.targets.size();
      text += fmt::format("{}{}: {}", separator, job, targets);
      separator = ", ";
    }
    for (const std::string& job : change.restored) {
      text += fmt::format("{}{}: as at the start", separator, job);
      separator = ", ";
    }
    return text;
  }
  std::string operator()(const Reload&) const { return "reload"; }
  std::string operator()(const ClockStep& step) const {
    return fmt::format("the wall clock steps by {}", FormatGoDuration(step.step));
  }
  std::string operator()(const ClockDrift& drift) const {
    return fmt::format("the wall clock drifts by {}ppm", drift.parts_per_million);
  }
  std::string operator()(const ProcessPause& pause) const {
    return fmt::format("the process stands still for {}", FormatGoDuration(pause.length));
  }
  std::string operator()(const TimerJitter& jitter) const {
    return fmt::format("timers are up to {} late", FormatGoDuration(jitter.late_max));
  }
  std::string operator()(const CommitTrouble& trouble) const {
    std::string text = fmt::format("commits to {}", StorageName(trouble.storage));
    if (trouble.fault.delay > Nanoseconds(0)) text += fmt::format(" take {}", FormatGoDuration(trouble.fault.delay));
    if (!trouble.fault.error.empty()) text += fmt::format(" fail: {}", trouble.fault.error);
    return text;
  }
  std::string operator()(const AppendTrouble& trouble) const {
    return fmt::format("appends to {} fail: {}", StorageName(trouble.storage), trouble.fault.error);
  }
};

}  // namespace

std::string ActionText(const Action& action) {
  return std::visit(Texts(), action);
}

}  // namespace stalemark::scenario
