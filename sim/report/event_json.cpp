// SPDX-License-Identifier: Apache-2.0
#include "sim/report/event_json.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>

#include <fmt/format.h>

#include "core/config/json_text.h"
#include "core/scrape/scrape_error.h"
#include "core/seams/append_code_text.h"
#include "core/trace/trace_reader.h"
#include "sim/scenario/series_notation.h"

namespace stalemark::report {
namespace {

/// The name of an event, and those of its fields in the order of its `Fields`.
struct Shape {
  std::string_view event;
  std::array<std::string_view, 12> fields;
};

/// By the event's index in trace::Event.
constexpr Shape kShapes[] = {
    {"ConfigApplied", {"error"}},
    {"TargetsReceived", {"jobs"}},
    {"PoolCreated", {"pool", "error"}},
    {"PoolStopped", {"pool"}},
    {"PoolSynced", {"pool", "active", "dropped", "failed"}},
    {"TargetRefused", {"pool", "discovered", "error"}},
    {"LoopStarted", {"loop", "pool", "labels", "url", "interval_ns", "timeout_ns", "wait_ns", "cache_reused"}},
    {"LoopStopped", {"loop", "end_of_run_pending"}},
    {"EndOfRun", {"loop", "scrape", "abandoned", "t_ms"}},
    {"ScrapeStarted", {"loop", "scrape", "t_ms", "late_ns", "on_shutdown", "forced_error"}},
    {"RequestSent", {"scrape", "hop", "url"}},
    {"HeadReceived", {"scrape", "hop", "status"}},
    {"FetchFinished", {"scrape", "error", "content_type", "body_bytes", "body_hash", "body"}},
    {"SeriesCached", {"scrape", "entry", "offset", "dropped", "labels"}},
    {"SampleAppended",
     {"scrape", "origin", "entry", "offset", "labels", "t_ms", "value_bits", "verdict", "error", "st_ms", "histogram",
      "exemplars"}},
    {"TransactionEnded", {"scrape", "committed", "error"}},
    {"ScrapeFinished",
     {"loop", "scrape", "error_kind", "error", "duration_ns", "samples_scraped", "samples_post_relabel", "series_added",
      "stale_markers"}},
    {"ScenarioEvent", {"text"}},
    {"ParseFailed", {"scrape", "error", "offset", "line", "column", "bytes"}},
    {"ChoiceMade", {"point", "alternatives", "picked"}},
    {"EventPlanned", {"text"}},
    {"SeriesRefused", {"scrape", "offset", "labels", "error"}},
};
static_assert(std::size(kShapes) == std::variant_size_v<trace::Event>);

std::size_t FieldCount(const Shape& shape) {
  const auto end = std::find(shape.fields.begin(), shape.fields.end(), std::string_view());
  return static_cast<std::size_t>(end - shape.fields.begin());
}

std::string_view OriginText(trace::Origin origin) {
  switch (origin) {
    case trace::Origin::kScraped:
      return "scraped";
    case trace::Origin::kStaleMarker:
      return "stale_marker";
    case trace::Origin::kReport:
      break;
  }
  return "report";
}

/// Of the numbers that are codes.
std::string_view CodeText(std::string_view field, std::uint8_t code) {
  constexpr std::string_view kPoints[] = {"stop_order", "tick_or_cancel", "stale_marker_order"};
  if (field == "verdict") return AppendCodeText(static_cast<AppendCode>(code));
  if (field == "point") return code < std::size(kPoints) ? kPoints[code] : "other";
  return ScrapeErrorKindText(static_cast<ScrapeErrorKind>(code));
}

/// Writes each field that it is called with.
class FieldWriter {
 public:
  FieldWriter(JsonObject& object, const Shape& shape) : object_(object), shape_(shape) {}

  template <class T>
  void operator()(const T& value) {
    const std::string_view name = shape_.fields[count_++];
    if constexpr (std::is_same_v<T, bool>) {
      object_.AlwaysBool(name, value);
    } else if constexpr (std::is_same_v<T, trace::Origin>) {
      object_.AlwaysText(name, OriginText(value));
    } else if constexpr (std::is_same_v<T, std::uint8_t>) {
      object_.AlwaysText(name, CodeText(name, value));
    } else if constexpr (std::is_enum_v<T>) {
      object_.AlwaysUint(name, static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
      object_.AlwaysInt(name, value);
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      WriteUint(name, value);
    } else if constexpr (std::is_same_v<T, const Labels*>) {
      WriteLabels(name, value);
    } else {
      object_.AlwaysText(name, value);
    }
  }

  std::size_t count() const { return count_; }

 private:
  void WriteUint(std::string_view name, std::uint64_t value) {
    if (name == "value_bits" || name == "body_hash") return object_.AlwaysText(name, fmt::format("{:016x}", value));
    object_.AlwaysUint(name, value);
  }

  void WriteLabels(std::string_view name, const Labels* labels) {
    AppendJsonLabels(object_.Key(name), labels == nullptr ? Labels() : *labels);
  }

  JsonObject& object_;
  const Shape& shape_;
  std::size_t count_ = 0;
};

/// Beside the bits of a float its notation: `1.5`, `stale`.
void WriteExtras(JsonObject& object, const trace::SampleAppended& event) {
  if (event.histogram.empty()) object.AlwaysText("value", scenario::ValueText(event.value_bits));
}
template <class E>
void WriteExtras(JsonObject&, const E&) {}

void WriteEvent(std::string& line, const trace::TimedEvent& timed) {
  JsonObject object(line);
  object.AlwaysInt("at_ns", timed.at.time_since_epoch().count());
  const Shape& shape = kShapes[timed.event.index()];
  object.AlwaysText("event", shape.event);
  FieldWriter writer(object, shape);
  std::visit(
      [&](const auto& event) {
        event.Fields(event, writer);
        assert(writer.count() == FieldCount(shape));
        WriteExtras(object, event);
      },
      timed.event);
}

}  // namespace

Status WriteEventLines(std::string_view trace, const TextSink& out) {
  Result<trace::TraceReader> reader = trace::TraceReader::Open(trace);
  if (!reader.ok()) return reader.error();
  std::string line;
  for (;;) {
    const Result<std::optional<trace::TimedEvent>> next = reader->Next();
    if (!next.ok()) return next.error();
    if (!*next) return {};
    line.clear();
    WriteEvent(line, **next);
    line += '\n';
    out(line);
  }
}

}  // namespace stalemark::report
