// SPDX-License-Identifier: Apache-2.0
#include "core/config/error_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/config/error_place.h"
#include "core/config/paths.h"
#include "core/text/go_quote.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

/// What of a line is shown around the place.
constexpr std::size_t kShownBytesMax = 120;
constexpr std::size_t kShownBefore = 60;

std::string_view LineOf(std::string_view text, std::uint32_t number) {
  std::size_t begin = 0;
  for (std::uint32_t line = 1; line < number; ++line) {
    begin = text.find('\n', begin);
    if (begin == std::string_view::npos) return {};
    ++begin;
  }
  std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

/// As it can be written to a terminal: control characters, and what is not UTF-8, are dots. Tabs stay.
std::string Printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const text::DecodedRune rune = text::DecodeRune(text.substr(i));
    const bool is_shown = rune.valid && (text::IsPrintable(rune.rune) || rune.rune == '\t');
    out += is_shown ? text.substr(i, rune.width) : std::string_view(".");
    i += rune.width;
  }
  return out;
}

/// Blanks as wide as a text.
std::string Blanks(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    out += text[i] == '\t' ? '\t' : ' ';
    i += text::DecodeRune(text.substr(i)).width;
  }
  return out;
}

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// An error of fetching the jobs that no file of them caused: the pattern that it quotes.
ConfigError PatternError(std::string_view text, const LoadOptions& options, const std::string& message) {
  ConfigError error;
  error.message = message;
  error.file = options.file_name;
  const Result<yaml::Document> document = yaml::Parse(text);
  if (!document.ok() || document->root() == nullptr) return error;
  const std::string folder = options.folder.empty() ? DirectoryOf(options.file_name) : options.folder;
  const yaml::Node* const root = document->root();
  const yaml::Node* blamed = &BlamedNode(*root, "scrape_config_files");
  for (std::size_t i = 0; i + 1 < root->children.size(); i += 2) {
    if (root->children[i]->value != "scrape_config_files") continue;
    for (const yaml::Node* item : root->children[i + 1]->children) {
      const std::string pattern = text::GoQuote(JoinFolder(folder, item->value));
      if (message.find(pattern) != std::string::npos) blamed = item;
    }
  }
  return DescribeError(*blamed, message, options.file_name);
}

}  // namespace

ConfigErrors ExplainConfig(std::string_view text, const LoadOptions& options, const Files& files) {
  ConfigErrors details;
  const Result<Config> config = LoadConfig(text, options, &details);
  Status status;
  if (!config.ok()) {
    status = config.error();
  } else if (const auto jobs = ScrapeConfigs(*config, options, files, &details); !jobs.ok()) {
    status = jobs.error();
  }
  if (!status.ok() && details.empty()) details.push_back(PatternError(text, options, status.error().message));
  return details;
}

std::string ErrorLine(const ConfigError& error) {
  std::string hint = error.expected.empty() ? std::string() : "expected " + error.expected;
  const auto add = [&hint](const std::string& more) { hint += (hint.empty() ? "" : "; ") + more; };
  if (!error.nearest.empty()) add(fmt::format("did you mean \"{}\"?", error.nearest));
  if (!error.context.empty()) add(error.context);
  const std::string place = error.line == 0 ? std::string() : fmt::format(":{}:{}", error.line, error.column);
  return fmt::format("{}{}: {}{}", error.file, place, error.message, hint.empty() ? hint : " (" + hint + ")");
}

std::string ErrorExcerpt(const ConfigError& error, std::string_view source) {
  if (error.line == 0) return {};
  const std::string_view line = LineOf(source, error.line);
  const std::size_t column = std::min<std::size_t>(error.column - 1, line.size());
  std::size_t begin = column > kShownBefore && line.size() > kShownBytesMax ? column - kShownBefore : 0;
  while (begin > 0 && IsContinuation(line[begin])) --begin;
  const std::string_view before = line.substr(begin, column - begin);
  const bool shows_found = !error.found.empty() && line.substr(column, error.found.size()) == error.found;
  const std::string_view found = line.substr(column, shows_found ? error.found.size() : 0);
  // A place at the end of what is shown has a mark too.
  const std::size_t width = std::max<std::size_t>(
      1, std::min(Blanks(found).size(), kShownBytesMax - std::min(before.size(), kShownBytesMax)));
  return fmt::format("{:>5} | {}\n      | {}{}", error.line, Printable(line.substr(begin, kShownBytesMax)),
                     Blanks(before), std::string(width, '^'));
}

}  // namespace stalemark
