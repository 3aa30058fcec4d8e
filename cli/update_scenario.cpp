// SPDX-License-Identifier: Apache-2.0
#include "cli/update_scenario.h"

#include <string_view>

#include <fmt/format.h>

#include "cli/disk/disk_files.h"
#include "cli/disk/file_writer.h"
#include "core/text/utf8.h"
#include "sim/expect/update.h"

namespace stalemark::cli {
namespace {

constexpr std::size_t kShownRunes = 100;

/// On one line, and not too long.
std::string Shown(std::string_view text) {
  const std::string_view start = text::FirstRunes(text, kShownRunes);
  std::string out(start);
  for (char& c : out) c = c == '\n' || c == '\r' ? ' ' : c;
  return start.size() < text.size() ? out + "..." : out;
}

std::string ChangeText(const scenario::YamlChange& change) {
  if (change.before.empty()) return "added " + Shown(change.after);
  if (change.after.empty()) return "removed " + Shown(change.before);
  return Shown(change.before) + " -> " + Shown(change.after);
}

}  // namespace

bool UpdateFile(const Terminal& terminal, const std::string& file, const TestSettings& settings) {
  const Result<scenario::UpdatedScenario> scenario = scenario::UpdateScenario(file, DiskFiles());
  if (!scenario.ok()) return true;
  if (settings.select && !settings.select(file, scenario->name)) return true;
  const scenario::UpdatedText& updated = scenario->updated;
  if (updated.text != scenario->before) {
    const Status written = WriteFile(file, updated.text);
    if (!written.ok()) {
      Terminal::Complain("stalemark test: " + written.error().message);
      return false;
    }
    for (const scenario::YamlChange& change : updated.changes) {
      terminal.Line(fmt::format("{}:{}:{}: {}", file, change.place.line, change.place.column, ChangeText(change)));
    }
  }
  for (const std::string& refusal : updated.refusals) terminal.Line(refusal);
  return true;
}

}  // namespace stalemark::cli
