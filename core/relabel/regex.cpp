// SPDX-License-Identifier: Apache-2.0
#include "core/relabel/regex.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "core/relabel/regex_cost.h"
#include "core/relabel/regex_emitter.h"
#include "core/relabel/regex_parser.h"
#include "core/relabel/regex_shape.h"
#include "core/text/rune_class.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

const std::string kBuiltInText = "(.*)";

// What Compile accepts, in instructions of RE2 at most (regex_cost.h), and up to where it makes the program at once: a
// larger one takes milliseconds and more, which a configuration with many such rules does not pay for rules unused.
constexpr std::int64_t kInstructionsMax = 8 << 20;
constexpr std::int64_t kInstructionsAtOnce = 2048;

// RE2 divides its memory between the program and the automata that it builds while matching. Nearly every rule fits
// into the first budget; the last one holds kInstructionsMax.
constexpr std::array<std::int64_t, 3> kMemoryBytes = {8 << 20, 128 << 20, 1 << 30};
/// Never met within kInstructionsMax.
constexpr std::size_t kPatternBytesMax = 128 << 20;

std::string Anchored(std::string_view text) {
  return fmt::format("^(?s:{})$", text);
}

/// Null when the program does not fit into any budget.
std::unique_ptr<re2::RE2> CompileForRe2(const std::string& pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  for (const std::int64_t memory_bytes : kMemoryBytes) {
    options.set_max_mem(memory_bytes);
    auto compiled = std::make_unique<re2::RE2>(pattern, options);
    if (compiled->ok()) return compiled;
  }
  return nullptr;
}

bool IsContinuationByte(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// The null view means "took no part" in a match: the empty value must not be one.
std::string_view NonNull(std::string_view value) {
  return value.data() == nullptr ? std::string_view("", 0) : value;  // NOLINT(bugprone-string-constructor)
}

/// A value as RE2 may read it: valid UTF-8, each invalid byte of the original written as U+FFFD (REL-22).
class Subject {
 public:
  explicit Subject(std::string_view value) : value_(NonNull(value)), text_(value_) {
    if (text::IsValidUtf8(value)) return;
    for (std::size_t at = 0; at < value.size();) {
      const text::DecodedRune decoded = text::DecodeRune(value.substr(at));
      text::AppendRune(mapped_, decoded.rune);
      offsets_.resize(mapped_.size(), at);
      at += decoded.width;
    }
    offsets_.push_back(value.size());
    text_ = mapped_;
  }
  Subject(const Subject&) = delete;  // text_ may point into mapped_
  Subject& operator=(const Subject&) = delete;

  std::string_view text() const { return text_; }
  /// The offset in the original that an offset of text() stands for.
  std::size_t Original(std::size_t offset) const { return offsets_.empty() ? offset : offsets_[offset]; }
  /// The piece of the original that a piece of text() stands for.
  std::string_view Original(std::string_view piece) const {
    const auto begin = static_cast<std::size_t>(piece.data() - text_.data());
    return value_.substr(Original(begin), Original(begin + piece.size()) - Original(begin));
  }

 private:
  std::string_view value_;
  std::string mapped_;
  /// For each byte of mapped_ the offset in value_ of the code point that it belongs to; empty when nothing was mapped.
  std::vector<std::size_t> offsets_;
  std::string_view text_;
};

/// What stands behind a `$` of a template.
struct TemplateName {
  std::string_view name;
  /// Number of the group, or -1: the name is not a number.
  int number = -1;
  std::string_view rest;
};

int GroupNumber(std::string_view name) {
  if (name.size() > 1 && name[0] == '0') return -1;
  int number = 0;
  for (const char c : name) {
    if (c < '0' || c > '9' || number >= 100'000'000) return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

/// `name` or `{name}` at the front of a template; absent: malformed, the `$` stands for itself.
std::optional<TemplateName> TakeTemplateName(std::string_view at) {
  const bool braced = !at.empty() && at[0] == '{';
  if (braced) at.remove_prefix(1);
  std::size_t length = 0;
  while (length < at.size()) {
    const text::DecodedRune decoded = text::DecodeRune(at.substr(length));
    if (decoded.rune != '_' && !text::IsLetter(decoded.rune) && !text::IsDigit(decoded.rune)) break;
    length += decoded.width;
  }
  if (length == 0) return std::nullopt;
  TemplateName taken;
  taken.name = at.substr(0, length);
  taken.number = GroupNumber(taken.name);
  at.remove_prefix(length);
  if (braced) {
    if (at.empty() || at[0] != '}') return std::nullopt;
    at.remove_prefix(1);
  }
  taken.rest = at;
  return taken;
}

}  // namespace

struct Regex::Program {
  std::string text;
  std::vector<std::string> group_names;
  /// One of the two finds the matches.
  std::optional<RegexShape> shape;
  // Made at the first match when large. Null after that: RE2 refused it, and nothing matches.
  mutable std::unique_ptr<re2::RE2> re2;
  mutable bool is_made = false;
  /// RE2's \B also matches between the bytes of one code point, where Go cannot look: such matches are passed over.
  mutable bool may_match_inside_runes = false;

  void Make(const RegexNode& root) const;
  const re2::RE2* Engine() const {
    if (!is_made) Make(*ParseGoRegex(Anchored(text))->root);
    return re2.get();
  }
  bool Search(const Subject& subject, std::size_t from, std::size_t group_count, Match& match) const;
};

void Regex::Program::Make(const RegexNode& root) const {
  is_made = true;
  const std::optional<std::string> pattern = EmitRe2Pattern(root, kPatternBytesMax);
  if (!pattern) return;
  may_match_inside_runes = pattern->find("\\B") != std::string::npos;
  re2 = CompileForRe2(*pattern);
}

/// Finds the leftmost match of subject.text() at or behind `from`; the groups are pieces of subject.text().
bool Regex::Program::Search(const Subject& subject, std::size_t from, std::size_t group_count, Match& match) const {
  const re2::RE2* const engine = Engine();
  if (engine == nullptr) return false;
  constexpr std::size_t kGroupsInPlace = 8;
  std::array<re2::StringPiece, kGroupsInPlace> in_place;
  std::vector<re2::StringPiece> many(group_count > kGroupsInPlace ? group_count : 0);
  re2::StringPiece* groups = many.empty() ? in_place.data() : many.data();
  const std::string_view input = subject.text();
  const re2::StringPiece piece(input.data(), input.size());
  for (;;) {
    if (!engine->Match(piece, from, input.size(), re2::RE2::UNANCHORED, groups, static_cast<int>(group_count)))
      return false;
    const std::size_t begin = static_cast<std::size_t>(groups[0].data() - input.data());
    if (!may_match_inside_runes || begin == input.size() || !IsContinuationByte(input[begin])) break;
    from = begin + 1;
  }
  match.groups.resize(group_count);
  for (std::size_t i = 0; i < group_count; ++i) match.groups[i] = {groups[i].data(), groups[i].size()};
  return true;
}

Result<Regex> Regex::Compile(std::string_view text) {
  const std::string anchored = Anchored(text);
  Result<RegexTree> tree = ParseGoRegex(anchored);
  if (!tree.ok()) return tree.error();
  auto program = std::make_shared<Program>();
  program->text = std::string(text);
  program->group_names = tree->group_names;
  program->shape = RegexShape::Of(*tree);
  if (program->shape) return Regex(std::move(program));
  const std::int64_t instructions = Re2InstructionsAtMost(*tree->root);
  if (instructions <= kInstructionsAtOnce) program->Make(*tree->root);
  if (instructions > kInstructionsMax || (program->is_made && program->re2 == nullptr))
    return Error{fmt::format("regular expression needs more than {} instructions: `{}`", kInstructionsMax, anchored)};
  return Regex(std::move(program));
}

const std::string& Regex::text() const {
  return program_ == nullptr ? kBuiltInText : program_->text;
}

bool Regex::Matches(std::string_view value) const {
  if (program_ == nullptr) return true;
  if (program_->shape) return program_->shape->Matches(value);
  const re2::RE2* const engine = program_->Engine();
  if (engine == nullptr) return false;
  const Subject subject(value);
  const std::string_view input = subject.text();
  if (!program_->may_match_inside_runes) {  // asking for no groups is the fastest
    return engine->Match({input.data(), input.size()}, 0, input.size(), re2::RE2::UNANCHORED, nullptr, 0);
  }
  Match match;
  return program_->Search(subject, 0, 1, match);
}

bool Regex::Find(std::string_view value, Match& match) const {
  value = NonNull(value);
  if (program_ == nullptr) {
    match.groups.assign(2, value);
    return true;
  }
  if (program_->shape) {
    if (!program_->shape->Matches(value)) return false;
    match.groups.assign(1, value);
    if (program_->shape->has_group()) match.groups.push_back(program_->shape->Group(value));
    return true;
  }
  const Subject subject(value);
  if (!program_->Search(subject, 0, program_->group_names.size(), match)) return false;
  for (std::string_view& group : match.groups) {
    if (group.data() != nullptr) group = subject.Original(group);
  }
  return true;
}

void Regex::Expand(std::string_view expansion_template, const Match& match, std::string& out) const {
  const auto append_group = [&](std::size_t number) {
    if (number < match.groups.size()) out.append(match.groups[number]);
  };
  while (!expansion_template.empty()) {
    const std::size_t dollar = expansion_template.find('$');
    if (dollar == std::string_view::npos) break;
    out.append(expansion_template.substr(0, dollar));
    expansion_template.remove_prefix(dollar + 1);
    if (!expansion_template.empty() && expansion_template[0] == '$') {
      out += '$';
      expansion_template.remove_prefix(1);
      continue;
    }
    const std::optional<TemplateName> taken = TakeTemplateName(expansion_template);
    if (!taken) {
      out += '$';
      continue;
    }
    expansion_template = taken->rest;
    if (taken->number >= 0) {
      append_group(static_cast<std::size_t>(taken->number));
      continue;
    }
    if (program_ == nullptr) continue;
    for (std::size_t i = 0; i < program_->group_names.size(); ++i) {
      if (program_->group_names[i] != taken->name || match.groups[i].data() == nullptr) continue;
      append_group(i);
      break;
    }
  }
  out.append(expansion_template);
}

std::string Regex::ReplaceAll(std::string_view value, std::string_view expansion_template) const {
  std::string out;
  Match match;
  if (program_ == nullptr || program_->shape) {
    if (!Find(value, match)) return std::string(value);
    Expand(expansion_template, match, out);
    return out;
  }
  const Subject subject(value);
  const std::string_view text = subject.text();
  std::size_t copied = 0;  // bytes of text() that are in `out`, replaced or not
  for (std::size_t from = 0; from <= text.size();) {
    if (!program_->Search(subject, from, program_->group_names.size(), match)) break;
    const auto begin = static_cast<std::size_t>(match.groups[0].data() - text.data());
    const std::size_t end = begin + match.groups[0].size();
    out.append(subject.Original(text.substr(copied, begin - copied)));
    // An empty match directly behind the match before does not count.
    if (end > copied || begin == 0) {
      for (std::string_view& group : match.groups) {
        if (group.data() != nullptr) group = subject.Original(group);
      }
      Expand(expansion_template, match, out);
    }
    copied = end;
    const std::size_t step = from < text.size() ? text::DecodeRune(text.substr(from)).width : 1;
    from = std::max(from + step, end);
  }
  out.append(subject.Original(text.substr(copied)));
  return out;
}

}  // namespace stalemark
