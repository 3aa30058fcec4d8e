// SPDX-License-Identifier: Apache-2.0
#include "sim/exporters/template_exporter.h"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/text/go_float.h"

namespace stalemark::scenario {
namespace {

/// Seconds with three digits behind the point.
void AppendSeconds(std::int64_t ms, std::string* out) {
  fmt::format_to(std::back_inserter(*out), "{}{}.{:03}", ms < 0 ? "-" : "", (ms < 0 ? -ms : ms) / 1000,
                 (ms < 0 ? -ms : ms) % 1000);
}

std::int64_t Millis(Nanoseconds duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

void TemplateExporter::Append(const TemplatePiece& piece, MonotonicTime now, std::string* out) const {
  const auto wall = [this](MonotonicTime at) { return UnixMillis(start_ + at.time_since_epoch()); };
  switch (piece.value) {
    case TemplateValue::kText:
      out->append(piece.text);
      break;
    case TemplateValue::kOrdinal:
      out->append(std::to_string(answers_since_start_ + 1));
      break;
    case TemplateValue::kTime:
      AppendSeconds(wall(now), out);
      break;
    case TemplateValue::kTimeMs:
      out->append(std::to_string(wall(now)));
      break;
    case TemplateValue::kStartTime:
      AppendSeconds(wall(process_start_), out);
      break;
    case TemplateValue::kUptime:
      AppendSeconds(Millis(now - process_start_), out);
      break;
    case TemplateValue::kCounter: {
      const MonotonicTime since = piece.kept ? MonotonicTime{} : process_start_;
      const std::uint64_t answers = piece.kept ? answers_since_start_ : answers_since_restart_;
      const auto ms = static_cast<double>(Millis(now - since));
      // Multiplied first: 10 in a second are 155.46 after 15.546 s, which as a double is less than it says.
      const double value = piece.from + piece.rate * ms / 1000 + piece.step * static_cast<double>(answers);
      text::AppendShortestG(*out, value);
      break;
    }
  }
}

SimResponsePtr TemplateExporter::Next(MonotonicTime now, const HopRequest&) {
  ResponseScript script;
  script.headers.push_back({"Content-Type", std::string(ContentTypeOf(answers_.format))});
  script.gzip = answers_.gzip;
  for (const TemplatePiece& piece : answers_.body) Append(piece, now, &script.body);
  ++answers_since_start_;
  ++answers_since_restart_;
  return std::make_shared<const SimResponse>(std::move(script));
}

}  // namespace stalemark::scenario
