// SPDX-License-Identifier: Apache-2.0
#include "live/log/log.h"

#include <algorithm>

#include "core/config/json_text.h"
#include "core/text/go_quote.h"
#include "live/log/time_text.h"

namespace stalemark {
namespace {

/// By LogLevel.
constexpr std::string_view kLevels[] = {"DEBUG", "INFO", "WARN", "ERROR"};

/// As slog's TextHandler: quotes where a blank, a quote, a sign of equality or an unprintable byte stands.
void AppendLogfmtValue(std::string& out, std::string_view value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c != '"' && c != '=' && c != '\\' && static_cast<unsigned char>(c) < 0x7f;
  });
  out += plain ? std::string(value) : text::GoQuote(value);
}

}  // namespace

void Log::Write(LogLevel level, std::string_view message, std::span<const Field> fields) const {
  if (level < options_.level) return;
  std::string line;
  const auto write = [&](auto add) {
    add("time", Rfc3339Milliseconds(clock_.WallNow()));
    add("level", kLevels[static_cast<std::size_t>(level)]);
    add("msg", message);
    for (const Field& field : fields) add(field.key, field.value);
  };
  if (options_.format == LogOptions::Format::kJson) {
    JsonObject object(line);
    write([&](std::string_view key, std::string_view value) { object.AlwaysText(key, value); });
  } else {
    write([&](std::string_view key, std::string_view value) {
      line += (line.empty() ? "" : " ") + std::string(key) + '=';
      AppendLogfmtValue(line, value);
    });
  }
  write_(line + '\n');
}

}  // namespace stalemark
