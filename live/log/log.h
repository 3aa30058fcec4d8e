// SPDX-License-Identifier: Apache-2.0
// Log: what the live process says while it runs, one line each, as upstream's server writes them (promslog over
// log/slog): `time=2026-01-02T03:04:05.678Z level=INFO msg="Server is ready to receive web requests."`, or as JSON.
// There is no `source`: it would name a line of another program.
//
// Used on the engine's thread only. What cannot be written is lost; logging has no error.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/seams/clock.h"

namespace stalemark {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

struct LogOptions {
  /// Lines below it are not written.
  LogLevel level = LogLevel::kInfo;
  enum class Format : std::uint8_t { kLogfmt, kJson };
  Format format = Format::kLogfmt;
};

class Log {
 public:
  /// Takes a line with its newline.
  using WriteLine = std::function<void(std::string_view line)>;
  struct Field {
    std::string_view key;
    std::string value;
  };
  using Fields = std::initializer_list<Field>;

  /// The clock outlives the log.
  Log(const Clock& clock, LogOptions options, WriteLine write)
      : clock_(clock), options_(options), write_(std::move(write)) {}

  void Write(LogLevel level, std::string_view message, std::span<const Field> fields) const;
  void Debug(std::string_view message, Fields fields = {}) const { Write(LogLevel::kDebug, message, Span(fields)); }
  void Info(std::string_view message, Fields fields = {}) const { Write(LogLevel::kInfo, message, Span(fields)); }
  void Warn(std::string_view message, Fields fields = {}) const { Write(LogLevel::kWarn, message, Span(fields)); }
  void Error(std::string_view message, Fields fields = {}) const { Write(LogLevel::kError, message, Span(fields)); }

 private:
  static std::span<const Field> Span(Fields fields) { return {fields.begin(), fields.size()}; }

  const Clock& clock_;
  const LogOptions options_;
  const WriteLine write_;
};

}  // namespace stalemark
