// SPDX-License-Identifier: Apache-2.0
#include "sim/expect/update.h"

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

}  // namespace

Result<UpdatedText> UpdateExpectations(std::string_view text, const std::vector<Failure>& failures) {
  std::vector<Edit> edits;
  std::vector<const Failure*> wanted_by;
  for (const Failure& failure : failures) {
    for (const Edit& edit : failure.edits) {
      edits.push_back(edit);
      wanted_by.push_back(&failure);
    }
  }
  Result<EditedYaml> edited = EditYaml(text, edits);
  if (!edited.ok()) return edited.error();
  UpdatedText updated{std::move(edited->text), std::move(edited->changes), {}};
  for (std::size_t i = 0; i < edits.size(); ++i) {
    if (edited->refusals[i].empty()) continue;
    const Failure& failure = *wanted_by[i];
    updated.refusals.push_back(fmt::format("{}:{}:{}: {}not written: {}", failure.file, failure.place.line,
                                           failure.place.column, failure.subject.empty() ? "" : failure.subject + ": ",
                                           edited->refusals[i]));
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
