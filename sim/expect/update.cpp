// SPDX-License-Identifier: Apache-2.0
#include "sim/expect/update.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "sim/expect/expect.h"

namespace stalemark::scenario {
namespace {

/// A file of which there is another text.
class ChangedFile final : public Files {
 public:
  ChangedFile(const Files& files, std::string_view path, const std::string& text)
      : files_(files), path_(path), text_(text) {}

  Result<std::string> Read(std::string_view path) const override {
    return path == path_ ? Result<std::string>(text_) : files_.Read(path);
  }
  std::vector<std::string> Glob(std::string_view pattern) const override { return files_.Glob(pattern); }

 private:
  const Files& files_;
  const std::string_view path_;
  const std::string& text_;
};

/// Bounds, parts of texts, names that nothing has.
constexpr std::string_view kLeftToYou = "left to you";

/// Errors of the run itself have nothing that could be written.
bool IsExpectation(const Failure& failure) {
  constexpr std::string_view kOfTheRun[] = {"config", "reload", "event", "pool"};
  return std::find(std::begin(kOfTheRun), std::end(kOfTheRun), failure.kind) == std::end(kOfTheRun);
}

std::string NotWritten(const Failure& failure, std::string_view why) {
  return fmt::format("{}:{}:{}: {}not written: {}", failure.file, failure.place.line, failure.place.column,
                     failure.subject.empty() ? "" : failure.subject + ": ", why);
}

}  // namespace

Result<UpdatedText> UpdateExpectations(std::string_view text, const std::vector<Failure>& failures) {
  std::vector<Edit> edits;
  for (const Failure& failure : failures) edits.insert(edits.end(), failure.edits.begin(), failure.edits.end());
  Result<EditedYaml> edited = EditYaml(text, edits);
  if (!edited.ok()) return edited.error();
  UpdatedText updated{std::move(edited->text), std::move(edited->changes), {}};
  // One entry may fail in many ways for one reason.
  std::set<std::tuple<std::uint64_t, std::uint64_t, std::string_view>> told;
  std::size_t next_edit = 0;
  for (const Failure& failure : failures) {
    for (std::size_t i = 0; i < failure.edits.size(); ++i) {
      const std::string& refusal = edited->refusals[next_edit++];
      if (!refusal.empty()) updated.refusals.push_back(NotWritten(failure, refusal));
    }
    if (!failure.edits.empty() || !IsExpectation(failure)) continue;
    const std::string_view why = failure.not_written.empty() ? kLeftToYou : std::string_view(failure.not_written);
    if (!told.insert({failure.place.line, failure.place.column, why}).second) continue;
    updated.refusals.push_back(NotWritten(failure, why));
  }
  return updated;
}

Result<UpdatedScenario> UpdateScenario(std::string_view path, const Files& files) {
  Result<std::string> text = files.Read(path);
  if (!text.ok()) return text.error();
  const Result<Scenario> loaded = LoadScenario(path, ChangedFile(files, path, *text));
  if (!loaded.ok()) return loaded.error();
  UpdatedScenario out;
  out.name = loaded->name;
  out.before = std::move(*text);
  Result<UpdatedText> updated = UpdateExpectations(out.before, RunAndCheck(*loaded, {}).failures);
  if (!updated.ok()) return updated.error();
  out.updated = std::move(*updated);
  if (out.updated.changes.empty()) return out;
  const Result<Scenario> again = LoadScenario(path, ChangedFile(files, path, out.updated.text));
  if (!again.ok()) {
    out.updated = {out.before,
                   {},
                   {fmt::format("{}: not written: the updated text does not load: {}", path, again.error().message)}};
  }
  return out;
}

}  // namespace stalemark::scenario
