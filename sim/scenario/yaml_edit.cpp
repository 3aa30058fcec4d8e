// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/yaml_edit.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/text/ascii.h"
#include "sim/scenario/scenario_yaml.h"
#include "sim/scenario/yaml_span.h"

namespace stalemark::scenario {
namespace {

bool IsWordCharacter(char c) {
  return ascii::IsWord(c) || c == '/' || c == '.';
}

/// Whether a text means itself without quotes, in flow and block style. Stricter than YAML.
bool CanBePlain(std::string_view value) {
  if (value.empty() || value.back() == ' ') return false;
  const bool signed_word = value.size() > 1 && (value[0] == '-' || value[0] == '+') && IsWordCharacter(value[1]);
  if (!IsWordCharacter(value[0]) && !signed_word) return false;
  if (value == "null" || value == "Null" || value == "NULL") return false;
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return IsWordCharacter(c) || c == ' ' || c == '-' || c == '+'; });
}

bool HasControl(std::string_view value) {
  return std::any_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

std::string DoubleQuoted(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < ' ') {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string_view TrimmedItem(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n,";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

/// Bytes to be replaced, and for which edits.
struct Replacement {
  YamlSpan span;
  std::string text;
  std::vector<std::size_t> edits;
};

/// An entry that is added, in flow style.
struct NewEntry {
  std::string text;
  std::size_t edit = 0;
  /// Of the item that it stands in front of.
  std::size_t before = 0;
};

/// What happens to the entries of one collection.
struct CollectionChange {
  /// By item, or by pair of key and value.
  std::map<std::size_t, std::size_t> removed_by;
  /// Texts of new ones in front of an item, with their edits.
  std::vector<NewEntry> inserted;
  /// Texts of new ones at the end.
  std::vector<NewEntry> appended;
};

class Editor {
 public:
  Editor(std::string_view text, const yaml::Document& document, const std::vector<Edit>& edits)
      : spans_(text), edits_(edits) {
    if (document.root() != nullptr) Index(*document.root());
    out_.refusals.resize(edits.size());
  }

  EditedYaml Run() {
    for (std::size_t i = 0; i < edits_.size(); ++i) Plan(i);
    for (const auto& [key, change] : changes_) {
      if (IsFlow(*nodes_.at(key))) {
        ChangeFlow(*nodes_.at(key), change);
      } else {
        ChangeBlock(*nodes_.at(key), change);
      }
    }
    Build();
    return std::move(out_);
  }

 private:
  /// Collections may begin where their first value does.
  using Key = std::tuple<std::uint32_t, std::uint32_t, yaml::NodeKind>;

  static Key KeyOf(const yaml::Node& node) { return {node.line, node.column, node.kind}; }

  void Index(const yaml::Node& node) {
    nodes_.emplace(KeyOf(node), &node);
    for (const yaml::Node* child : node.children) Index(*child);
  }

  const yaml::Node* At(Place place, yaml::NodeKind kind) const {
    const auto found = nodes_.find(Key{place.line, place.column, kind});
    return found == nodes_.end() ? nullptr : found->second;
  }

  void Refuse(std::size_t edit, std::string why) {
    if (out_.refusals[edit].empty()) out_.refusals[edit] = std::move(why);
  }

  bool IsFlow(const yaml::Node& node) const { return spans_.IsFlow(node); }

  /// The value of a key; null: there is none.
  static const yaml::Node* Find(const yaml::Node& mapping, std::string_view key, std::size_t* index) {
    for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2) {
      if (mapping.children[i]->kind != yaml::NodeKind::kScalar || mapping.children[i]->value != key) continue;
      *index = i / 2;
      return mapping.children[i + 1];
    }
    return nullptr;
  }

  static bool TakesList(Edit::Kind kind) { return kind != Edit::Kind::kSet && kind != Edit::Kind::kRemoveKey; }

  void Plan(std::size_t index) {
    const Edit& edit = edits_[index];
    const yaml::NodeKind first_kind = !edit.keys.empty()     ? yaml::NodeKind::kMapping
                                      : TakesList(edit.kind) ? yaml::NodeKind::kSequence
                                                             : yaml::NodeKind::kScalar;
    const yaml::Node* node = At(edit.place, first_kind);
    const yaml::Node* parent = nullptr;
    std::size_t entry = 0;
    for (std::size_t i = 0; i < edit.keys.size() && node != nullptr; ++i) {
      if (node->kind != yaml::NodeKind::kMapping) break;
      parent = node;
      node = Find(*parent, edit.keys[i], &entry);
      if (node == nullptr && i + 1 == edit.keys.size() && edit.kind == Edit::Kind::kSet) {
        const std::string text = FlowScalar(edit.keys[i]) + ": " + FlowScalar(edit.text);
        changes_[KeyOf(*parent)].appended.push_back({text, index});
        return;
      }
    }
    if (node == nullptr) {
      Refuse(index,
             At(edit.place, yaml::NodeKind::kAlias) != nullptr ? "an alias stands there" : "not found in the text");
    } else if (node->kind == yaml::NodeKind::kAlias) {
      Refuse(index, fmt::format("the alias *{} stands there", node->value));
    } else if (edit.kind == Edit::Kind::kSet) {
      SetScalar(*node, index);
    } else if (edit.kind == Edit::Kind::kRemoveKey) {
      changes_[KeyOf(*parent)].removed_by[entry] = index;
    } else {
      ChangeList(*node, index);
    }
  }

  void SetScalar(const yaml::Node& node, std::size_t index) {
    const std::optional<YamlSpan> span = spans_.SpanOf(node);
    const bool is_value = node.kind == yaml::NodeKind::kScalar && !(node.plain && node.value.empty());
    if (!span || !is_value) {
      Refuse(index, "no scalar stands there");
      return;
    }
    replacements_.push_back({*span, InStyleOf(*span, edits_[index].text), {index}});
  }

  std::string InStyleOf(YamlSpan span, const std::string& value) const {
    const std::string_view old = spans_.text().substr(span.begin, span.end - span.begin);
    switch (old.front()) {
      case '"':
        return DoubleQuoted(value);
      case '\'':
        return QuotedScalar(value);
      case '|':
      case '>': {
        const std::size_t header_end = std::min(old.find_first_of("\r\n"), old.size());
        const std::size_t line = spans_.LineBegin(span.begin);
        std::size_t indent = spans_.text().find_first_not_of(' ', line) - line + 2;
        const std::size_t content = spans_.NextLine(span.begin);
        if (content < span.end) indent = spans_.text().find_first_not_of(" \r\n", content);
        if (content < span.end) indent -= spans_.LineBegin(indent);
        return fmt::format("{}{}{:{}}{}", old.substr(0, header_end), spans_.line_end(), "", indent, value);
      }
      default:
        return CanBePlain(value) ? value : QuotedScalar(value);
    }
  }

  void ChangeList(const yaml::Node& list, std::size_t index) {
    const Edit& edit = edits_[index];
    if (list.kind != yaml::NodeKind::kSequence) {
      Refuse(index, "no list stands there");
    } else if (edit.kind == Edit::Kind::kAppendItem) {
      changes_[KeyOf(list)].appended.push_back({edit.text, index});
    } else if (edit.index >= list.children.size()) {
      Refuse(index, "the list has no such item");
    } else if (edit.kind == Edit::Kind::kInsertItem) {
      changes_[KeyOf(list)].inserted.push_back({edit.text, index, edit.index});
    } else if (edit.kind == Edit::Kind::kRemoveItem) {
      changes_[KeyOf(list)].removed_by[edit.index] = index;
    } else if (const std::optional<YamlSpan> span = spans_.SpanOf(*list.children[edit.index])) {
      replacements_.push_back({*span, edit.text, {index}});
    } else {
      Refuse(index, "cannot be found in the text");
    }
  }

  /// Items, or pairs from key to value; a block list's from their dashes on. Empty: not all were found.
  std::vector<YamlSpan> EntriesOf(const yaml::Node& node) const {
    std::vector<YamlSpan> entries;
    const bool is_list = node.kind == yaml::NodeKind::kSequence;
    for (std::size_t i = 0; i < node.children.size(); i += is_list ? 1 : 2) {
      std::optional<std::size_t> begin = spans_.BeginOf(*node.children[i]);
      const std::optional<YamlSpan> last = spans_.SpanOf(*node.children[is_list ? i : i + 1]);
      if (begin && is_list && !IsFlow(node)) begin = DashOf(*begin);
      if (!begin || !last) return {};
      entries.push_back({*begin, last->end});
    }
    return entries;
  }

  std::optional<std::size_t> DashOf(std::size_t item) const {
    const std::size_t before = item == 0 ? std::string_view::npos : spans_.text().find_last_not_of(" \t\r\n", item - 1);
    if (before == std::string_view::npos || spans_.text()[before] != '-') return std::nullopt;
    return before;
  }

  static std::vector<std::size_t> EditsOf(const CollectionChange& change) {
    std::vector<std::size_t> edits;
    for (const auto& [entry, edit] : change.removed_by) edits.push_back(edit);
    for (const NewEntry& entry : change.appended) edits.push_back(entry.edit);
    for (const NewEntry& entry : change.inserted) edits.push_back(entry.edit);
    return edits;
  }

  /// The entries; refuses the change when they cannot be told.
  std::vector<YamlSpan> EntriesFor(const yaml::Node& node, const CollectionChange& change, bool* found) {
    std::vector<YamlSpan> entries = EntriesOf(node);
    *found = !entries.empty() || node.children.empty();
    if (*found) return entries;
    for (const std::size_t edit : EditsOf(change)) Refuse(edit, "cannot be found in the text");
    return entries;
  }

  static std::string Joined(const CollectionChange& change) {
    std::vector<std::string> texts;
    for (const NewEntry& entry : change.inserted) texts.push_back(entry.text);
    for (const NewEntry& entry : change.appended) texts.push_back(entry.text);
    return fmt::format("{}", fmt::join(texts, ", "));
  }

  void ChangeFlow(const yaml::Node& node, const CollectionChange& change) {
    bool found = false;
    const std::vector<YamlSpan> entries = EntriesFor(node, change, &found);
    const std::optional<YamlSpan> whole = spans_.SpanOf(node);
    if (!found || !whole) return;
    if (change.removed_by.size() == entries.size()) {
      const YamlSpan inner = entries.empty() ? YamlSpan{whole->begin + 1, whole->end - 1}
                                             : YamlSpan{entries.front().begin, entries.back().end};
      replacements_.push_back({inner, Joined(change), EditsOf(change)});
      return;
    }
    // Before what goes: both may begin at the same byte.
    const auto add = [&](const NewEntry& entry, std::size_t at) {
      replacements_.push_back({{at, at}, ", " + entry.text, {entry.edit}});
    };
    for (const NewEntry& entry : change.inserted) {
      if (entry.before > 0) add(entry, entries[entry.before - 1].end);
      const std::size_t begin = entries.front().begin;
      if (entry.before == 0) replacements_.push_back({{begin, begin}, entry.text + ", ", {entry.edit}});
    }
    for (const NewEntry& entry : change.appended) add(entry, entries[LastKept(entries, change)].end);
    std::size_t kept_end = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (change.removed_by.count(i) == 0) {
        kept_end = entries[i].end;
        continue;
      }
      const std::size_t first = i;
      std::vector<std::size_t> edits = {change.removed_by.at(i)};
      while (change.removed_by.count(i + 1) != 0) edits.push_back(change.removed_by.at(++i));
      // Up to the entry behind, or from the one in front.
      const YamlSpan span = i + 1 < entries.size() ? YamlSpan{entries[first].begin, entries[i + 1].begin}
                                                   : YamlSpan{kept_end, entries[i].end};
      replacements_.push_back({span, "", std::move(edits)});
    }
  }

  /// Requires: not all go.
  static std::size_t LastKept(const std::vector<YamlSpan>& entries, const CollectionChange& change) {
    std::size_t last = entries.size() - 1;
    while (change.removed_by.count(last) != 0) --last;
    return last;
  }

  void ChangeBlock(const yaml::Node& node, const CollectionChange& change) {
    bool found = false;
    const std::vector<YamlSpan> entries = EntriesFor(node, change, &found);
    if (!found || entries.empty()) return;
    const bool is_list = node.kind == yaml::NodeKind::kSequence;
    if (change.removed_by.size() == entries.size()) {
      const std::string text = fmt::format("{}{}{}", is_list ? '[' : '{', Joined(change), is_list ? ']' : '}');
      replacements_.push_back({{entries.front().begin, entries.back().end}, text, EditsOf(change)});
      return;
    }
    for (const auto& [entry, edit] : change.removed_by) RemoveBlockEntry(entries, entry, edit);
    const std::size_t begin = entries.front().begin;
    const std::size_t indent = begin - spans_.LineBegin(begin);
    const std::string_view dash = is_list ? "- " : "";
    // On a line of its own, below the line of another.
    const auto add = [&](const NewEntry& entry, std::size_t above) {
      const std::size_t end = spans_.LineEnd(entries[above].end);
      const std::string line = fmt::format("{}{:{}}{}{}", spans_.line_end(), "", indent, dash, entry.text);
      replacements_.push_back({{end, end}, line, {entry.edit}});
    };
    for (const NewEntry& entry : change.inserted) {
      if (entry.before > 0) add(entry, entry.before - 1);
      if (entry.before > 0) continue;
      const std::string line = fmt::format("{}{}{}{:{}}", dash, entry.text, spans_.line_end(), "", indent);
      replacements_.push_back({{begin, begin}, line, {entry.edit}});
    }
    for (const NewEntry& entry : change.appended) add(entry, LastKept(entries, change));
  }

  /// With its lines; the comment above stays, for it may be about all that follows.
  void RemoveBlockEntry(const std::vector<YamlSpan>& entries, std::size_t entry, std::size_t edit) {
    const std::size_t begin = entries[entry].begin;
    const std::size_t line = spans_.LineBegin(begin);
    const bool own_line = spans_.text().find_first_not_of(' ', line) == begin;
    YamlSpan span{line, spans_.NextLine(entries[entry].end)};
    if (!own_line && entry + 1 < entries.size()) span = {begin, entries[entry + 1].begin};
    if (!own_line && entry + 1 == entries.size()) {
      Refuse(edit, "cannot be removed alone");
      return;
    }
    // The last line of the text without a line end: the one in front of it goes.
    if (own_line && span.end == spans_.text().size() && spans_.text().back() != '\n' && line > 0) {
      span.begin = line - spans_.line_end().size();
    }
    replacements_.push_back({span, "", {edit}});
  }

  void Build() {
    std::stable_sort(replacements_.begin(), replacements_.end(),
                     [](const Replacement& a, const Replacement& b) { return a.span.begin < b.span.begin; });
    const std::string_view text = spans_.text();
    std::size_t at = 0;
    for (const Replacement& replacement : replacements_) {
      const YamlSpan span = replacement.span;
      if (span.begin < at) {
        for (const std::size_t edit : replacement.edits) Refuse(edit, "another change is in the way");
        continue;
      }
      out_.text += text.substr(at, span.begin - at);
      out_.text += replacement.text;
      at = span.end;
      const std::string before(TrimmedItem(text.substr(span.begin, span.end - span.begin)));
      out_.changes.push_back({PlaceAt(span.begin), before, std::string(TrimmedItem(replacement.text))});
    }
    out_.text += text.substr(at);
  }

  Place PlaceAt(std::size_t at) const {
    const std::size_t line = spans_.LineBegin(at);
    const auto number =
        std::count(spans_.text().begin(), spans_.text().begin() + static_cast<std::ptrdiff_t>(at), '\n');
    return {static_cast<std::uint32_t>(number + 1), static_cast<std::uint32_t>(at - line + 1)};
  }

  YamlSpans spans_;
  const std::vector<Edit>& edits_;
  std::map<Key, const yaml::Node*> nodes_;
  std::map<Key, CollectionChange> changes_;
  std::vector<Replacement> replacements_;
  EditedYaml out_;
};

}  // namespace

std::string QuotedScalar(std::string_view value) {
  if (HasControl(value)) return DoubleQuoted(value);
  std::string out = "'";
  for (const char c : value) out.append(c == '\'' ? 2 : 1, c);
  return out + '\'';
}

std::string FlowScalar(std::string_view value) {
  return CanBePlain(value) ? std::string(value) : QuotedScalar(value);
}

Result<EditedYaml> EditYaml(std::string_view text, const std::vector<Edit>& edits) {
  yaml::SyntaxError error;
  const Result<yaml::Document> document = ParseScenarioYaml(text, &error);
  if (!document.ok()) return document.error();
  return Editor(text, *document, edits).Run();
}

}  // namespace stalemark::scenario
