// SPDX-License-Identifier: Apache-2.0
#include "sim/report/github.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text/path_match.h"
#include "core/text/utf8.h"

namespace stalemark::report {
namespace {

using scenario::Failure;

constexpr std::size_t kSummaryBytesMax = 900'000;

enum class Part : std::uint8_t { kProperty, kMessage };

/// As actions/toolkit escapes: a line is a command, colons and commas separate properties.
std::string Escaped(std::string_view text, Part part) {
  std::string out;
  for (const char c : text) {
    const bool separates = c == ':' || c == ',';
    if (c == '%' || c == '\r' || c == '\n' || (separates && part == Part::kProperty)) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string BelowRoot(std::string_view folder, const std::string& file) {
  if (folder.empty() || file.empty() || file[0] == '/') return file;
  return text::CleanPath(std::string(folder) + "/" + file);
}

/// All of a failure but its place.
std::string TextWithoutPlace(Failure failure) {
  failure.file.clear();
  return FailureText(failure);
}

/// Characters that Markdown or HTML would take for their own.
std::string InMarkdown(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const text::DecodedRune rune = text::DecodeRune(text);
    text.remove_prefix(rune.width);
    if (rune.rune < 0x20) {
      out += ' ';
    } else if (rune.rune == '<' || rune.rune == '&') {
      out += rune.rune == '<' ? "&lt;" : "&amp;";
    } else {
      if (std::string_view("\\`*_[]|~#>").find(static_cast<char>(rune.rune & 0x7F)) != std::string_view::npos &&
          rune.rune < 0x80) {
        out += '\\';
      }
      text::AppendRune(out, rune.rune);
    }
  }
  return out;
}

/// A block whose fence is longer than any in the text.
std::string CodeBlock(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
  return fmt::format("{}text\n{}\n{}\n", fence, text, fence);
}

}  // namespace

std::string AnnotationText(const GithubAnnotation& annotation) {
  std::string properties;
  if (!annotation.file.empty()) properties += fmt::format("file={},", Escaped(annotation.file, Part::kProperty));
  if (annotation.line > 0) properties += fmt::format("line={},col={},", annotation.line, annotation.column);
  return fmt::format("::{} {}title={}::{}\n", annotation.level, properties, Escaped(annotation.title, Part::kProperty),
                     Escaped(annotation.message, Part::kMessage));
}

std::string GithubAnnotations(const TestReport& report, std::string_view folder) {
  std::string out;
  for (const TestResult& result : report.results) {
    for (const Failure& failure : result.failures) {
      out += AnnotationText({"error", BelowRoot(folder, failure.file), failure.place.line, failure.place.column,
                             TitleOf(result), TextWithoutPlace(failure)});
    }
  }
  return out;
}

std::string GithubSummary(const TestReport& report) {
  std::string out = fmt::format("### stalemark: {} passed, {} failed\n", report.PassedCount(), report.FailedCount());
  std::size_t left_out = 0;
  for (const TestResult& result : report.results) {
    if (result.failures.empty()) continue;
    std::string block = fmt::format("\n**{}** ({})\n", InMarkdown(TitleOf(result)), InMarkdown(result.file));
    for (const Failure& failure : result.failures) block += "\n" + CodeBlock(FailureText(failure));
    if (out.size() + block.size() > kSummaryBytesMax) {
      ++left_out;
    } else {
      out += block;
    }
  }
  if (left_out > 0) out += fmt::format("\nand {} more; the log of the job has all.\n", left_out);
  return out;
}

}  // namespace stalemark::report
