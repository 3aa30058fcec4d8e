// SPDX-License-Identifier: Apache-2.0
#include "sim/expect/series_check.h"

#include <utility>

#include <fmt/format.h>

#include "sim/expect/slots.h"

namespace stalemark::scenario {
namespace {

/// For a POSIX shell.
std::string ShellQuote(std::string_view word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) return std::string(word);
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// What plays this very run again, behind a blank each.
std::string ReplayArguments(const Scenario& scenario) {
  std::string text;
  for (const std::string& argument : scenario.replay_arguments) text += " " + ShellQuote(argument);
  return text;
}

}  // namespace

void Advice::PutInto(Failure* failure) && {
  failure->next = std::move(text);
  failure->seen = std::move(seen);
}

Advice ExplainAdvice(const Scenario& scenario, const Labels& series, std::int64_t t_ms) {
  const std::string text = SeriesText(series);
  Advice advice = fmt::format("stalemark explain {} {} --at {}{}", ShellQuote(scenario.file), ShellQuote(text),
                              TimeArgument(scenario, t_ms), ReplayArguments(scenario));
  advice.seen = SeenAt{std::chrono::milliseconds(t_ms) - scenario.start.time_since_epoch(), text};
  return advice;
}

std::string PointsCommand(const Scenario& scenario) {
  return fmt::format("stalemark run {} --format expect{} shows its points", ShellQuote(scenario.file),
                     ReplayArguments(scenario));
}

std::string StorageSuffix(std::size_t storage) {
  return storage == 0 ? std::string() : fmt::format(" in secondary {}", storage);
}

std::string Counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

Failure SeriesCheck::Fail(std::string message, std::string detail, Advice next) const {
  Failure failure = {
      scenario.file,      expected.place,    kind, SeriesText(expected.labels) + StorageSuffix(expected.storage),
      std::move(message), std::move(detail), {}};
  std::move(next).PutInto(&failure);
  return failure;
}

Failure SeriesCheck::NeverStored() const {
  std::string message = "never stored";
  const SeriesScrapes target(scenario, result, expected.labels);
  const RunRecord::PoolError* no_pool =
      target.empty() ? result.record.FindPoolError(expected.labels.Get("job")) : nullptr;
  if (no_pool != nullptr) {
    message += fmt::format(": the pool {} could not be created: {}", no_pool->pool, no_pool->error);
  } else if (target.empty()) {
    message += ", and no target has its labels";
  }
  if (const Labels* nearest = no_pool != nullptr ? nullptr : storage.Nearest(expected.labels)) {
    message += fmt::format(" (did you mean {}?)", SeriesText(*nearest));
  }
  // Where nobody scrapes it, only the end of the run shows what became of its target.
  const Result<Grid> grid = target.FindGrid();
  const std::int64_t t_ms = grid.ok() ? grid->g0_ms : UnixMillis(scenario.start + scenario.duration);
  Failure failure = Fail(std::move(message), {}, ExplainAdvice(scenario, expected.labels, t_ms));
  failure.not_written = "nothing is stored";
  return failure;
}

}  // namespace stalemark::scenario
