// SPDX-License-Identifier: Apache-2.0
#include "live/log/time_text.h"

#include <chrono>

#include <fmt/format.h>

namespace stalemark {
namespace {

/// `2026-01-02T03:04:05`.
std::string Seconds(WallTime time) {
  const auto since_epoch = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  const auto days = std::chrono::floor<std::chrono::days>(since_epoch);
  const std::chrono::year_month_day date{std::chrono::sys_days(days)};
  const std::chrono::hh_mm_ss of_day{since_epoch - days};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), of_day.hours().count(),
                     of_day.minutes().count(), of_day.seconds().count());
}

std::int64_t NanosOfSecond(WallTime time) {
  return (time.time_since_epoch() - std::chrono::floor<std::chrono::seconds>(time.time_since_epoch())).count();
}

}  // namespace

std::string Rfc3339(WallTime time) {
  std::string fraction = fmt::format(".{:09}", NanosOfSecond(time));
  fraction.resize(fraction.find_last_not_of('0') + 1);
  return Seconds(time) + (fraction == "." ? "" : fraction) + 'Z';
}

std::string Rfc3339Milliseconds(WallTime time) {
  return fmt::format("{}.{:03}Z", Seconds(time), NanosOfSecond(time) / 1'000'000);
}

}  // namespace stalemark
