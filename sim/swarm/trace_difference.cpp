// SPDX-License-Identifier: Apache-2.0
#include "sim/swarm/trace_difference.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

#include "sim/report/event_json.h"

namespace stalemark::scenario {
namespace {

constexpr std::size_t kLineMax = 240;

/// The events, a line each; of a damaged trace its error.
std::string LinesOf(std::string_view trace) {
  std::string lines;
  const Status status = report::WriteEventLines(trace, [&](std::string_view text) { lines += text; });
  return status.ok() ? lines : lines + status.error().message + "\n";
}

std::string_view FirstLine(std::string_view text) {
  return text.substr(0, std::min(text.find('\n'), text.size()));
}

/// With what both have in common left out of a long line.
std::string Cut(std::string_view line, std::size_t common) {
  const std::size_t from = common > kLineMax / 2 ? common - kLineMax / 2 : 0;
  const std::string_view rest = line.substr(std::min(from, line.size()));
  return (from > 0 ? "..." : "") + std::string(rest.substr(0, kLineMax)) + (rest.size() > kLineMax ? "..." : "");
}

}  // namespace

std::string TraceDifference(std::string_view one, std::string_view other) {
  const std::string first = LinesOf(one);
  const std::string second = LinesOf(other);
  const auto [a, b] = std::mismatch(first.begin(), first.end(), second.begin(), second.end());
  if (a == first.end() && b == second.end()) return "the events read the same";
  const auto at = static_cast<std::size_t>(a - first.begin());
  const std::size_t line = at == 0 ? 0 : first.rfind('\n', at - 1) + 1;
  const auto number = static_cast<std::uint64_t>(std::count(first.begin(), a, '\n')) + 1;
  return fmt::format("event {}\none    {}\nother  {}", number,
                     Cut(FirstLine(std::string_view(first).substr(line)), at - line),
                     Cut(FirstLine(std::string_view(second).substr(line)), at - line));
}

}  // namespace stalemark::scenario
