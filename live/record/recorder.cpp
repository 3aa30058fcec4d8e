// SPDX-License-Identifier: Apache-2.0
#include "live/record/recorder.h"

#include <algorithm>
#include <utility>

namespace stalemark {
namespace {

/// What a file of credentials holds, for the engine; PEM texts keep the line end that they need.
std::string HiddenContent(Redactor& redactor, const std::string& content) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = content.find_first_not_of(kBlanks);
  if (begin == std::string::npos || !redactor.enabled()) return content;
  const bool is_pem = content.compare(begin, 10, "-----BEGIN") == 0;
  const std::size_t end = is_pem ? content.size() : content.find_last_not_of(kBlanks) + 1;
  return redactor.Hide(std::string_view(content).substr(begin, end - begin));
}

void RedactLabels(Redactor& redactor, LabelMap* labels) {
  for (auto& [name, value] : *labels) {
    value = IsSecretName(name) ? redactor.Hide(value) : redactor.Text(value);
  }
}

}  // namespace

Result<std::string> KeptFiles::Read(std::string_view path) const {
  Result<std::string> content = files_.Read(path);
  if (!content.ok()) return content;
  Result<std::string> changed = change_(std::move(content).value());
  if (changed.ok()) read_[std::string(path)] = *changed;
  return changed;
}

Recorder::Recorder(const RecorderSeams& seams)
    : redactor_(seams.redactor),
      clock_(seams.clock, seams.scheduler),
      transport_(seams.transport, clock_, seams.redactor, seams.keep_body),
      engine_files_(seams.files, [&redactor = seams.redactor](
                                     const std::string& content) { return HiddenContent(redactor, content); }),
      config_files_(seams.files, seams.redact_config) {}

void Recorder::OnConfig(const std::string& text) {
  events_.push_back({clock_.MonotonicNow(), RecordedConfig{text}});
}

TargetSets Recorder::OnTargets(TargetSets targets) {
  if (redactor_.enabled()) {
    for (auto& [job, groups] : targets) {
      for (TargetGroup& group : groups) {
        RedactLabels(redactor_, &group.labels);
        for (LabelMap& target : group.targets) RedactLabels(redactor_, &target);
      }
    }
  }
  events_.push_back({clock_.MonotonicNow(), targets});
  return targets;
}

Nanoseconds Recorder::Finish() {
  const Nanoseconds length = clock_.Stamp().time_since_epoch();
  transport_.Flush();
  end_ = MonotonicTime(std::chrono::ceil<std::chrono::milliseconds>(length));
  return end_.time_since_epoch();
}

std::vector<RecordedEvent> Recorder::Events() const {
  std::vector<RecordedEvent> events = events_;
  for (const RecordedStep& step : clock_.steps()) events.push_back({step.at, step});
  std::stable_sort(events.begin(), events.end(),
                   [](const RecordedEvent& a, const RecordedEvent& b) { return a.at < b.at; });
  return events;
}

Recording Recorder::TakeRecording() const {
  return {clock_.Timers(end_), {transport_.exchanges().begin(), transport_.exchanges().end()}};
}

}  // namespace stalemark
