// SPDX-License-Identifier: Apache-2.0
// Decoder: a YAML tree into typed values, as yaml.v2's strict unmarshalling does it, with its error texts (CFG-01,
// CFG-44
// ... CFG-46). Mirrors decode.go; what Go learns by reflection stands here as tables of fields.
//
// One Decoder per document. Type errors, unknown fields and doubled keys are collected and decoding goes on; an error
// of a value's own rules (Abort) ends it, and hides the collected ones. Decoding functions return true when the value
// was decoded without errors ("good" upstream); the caller need not look, Finish() tells the outcome. A YAML null sets
// a value to its type's zero, not to its default (CFG-44). Aliases are followed here, within yaml.v2's bound on their
// number.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/config/error.h"
#include "core/config/yaml.h"
#include "core/config/yaml_scalar.h"
#include "core/model/function_ref.h"
#include "core/model/result.h"

namespace stalemark {

class Decoder;

/// One key of a mapping that stands for a struct, and how its value is decoded.
struct Field {
  std::string_view name;
  std::function<bool(Decoder&, const yaml::Node&)> decode;
};
using Fields = std::vector<Field>;

/// An item of a list of pointers, and where it stands. A null item has no value. The node is the Document's.
template <class T>
struct ListItem {
  const yaml::Node* node = nullptr;
  std::optional<T> value;
};

class Decoder {
 public:
  /// `file` names the file in ConfigErrors.
  explicit Decoder(std::string file) : file_(std::move(file)) {}
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // Values. `go_type` is the Go type of `out`, for the texts.
  bool String(const yaml::Node& node, std::string& out, std::string_view go_type = "string");
  bool Bool(const yaml::Node& node, bool& out);
  bool Uint(const yaml::Node& node, std::uint64_t& out, std::string_view go_type = "uint");
  bool Int(const yaml::Node& node, std::int64_t& out, std::string_view go_type = "int");
  bool Float(const yaml::Node& node, double& out);
  bool ByteSize(const yaml::Node& node, std::int64_t& out);
  bool Strings(const yaml::Node& node, std::vector<std::string>& out, std::string_view go_type = "[]string",
               std::string_view go_item_type = "string");

  /// Anything, written as JSON: for what is kept without being understood.
  bool Any(const yaml::Node& node, std::string& json);

  /// A list. `element` decodes one item; items that fail are left out. A null makes it empty.
  template <class T, class F>
  bool List(const yaml::Node& node, std::vector<T>& out, std::string_view go_type, F element);
  /// What becomes of a key whose value fails: a map drops it; where the map is a part of a struct, it counts as set.
  enum class MapStyle : std::uint8_t { kMap, kPartOfStruct };
  /// A mapping with free keys, which `key` decodes into a text.
  template <class M, class K, class V>
  bool Map(const yaml::Node& node, M& out, std::string_view go_type, K key, V value, MapStyle style = MapStyle::kMap);
  /// A mapping with known keys. A null calls `zero`. The reference to `fields` is not kept.
  bool Struct(const yaml::Node& node, std::string_view go_type, const Fields& fields, FunctionRef<void()> zero);

  /// A value with rules of its own (a Go type with UnmarshalYAML): `plain` decodes it; when that found no errors,
  /// `check` gives the verdict, which aborts. A null calls `zero` instead.
  bool Custom(const yaml::Node& node, FunctionRef<void()> zero, FunctionRef<void(const yaml::Node&)> plain,
              FunctionRef<Status()> check);
  /// A pointer: null gives an empty optional, anything else a T for `element`.
  template <class T, class F>
  bool Optional(const yaml::Node& node, std::optional<T>& out, F element);
  /// A list of pointers. `element` decodes an item that is not null.
  template <class T, class F>
  bool Items(const yaml::Node& node, std::vector<ListItem<T>>& out, std::string_view go_type, F element);

  /// Ends decoding with an error about a node, or about what the message names in it.
  void Abort(const yaml::Node& node, std::string message);
  bool aborted() const { return failure_.has_value(); }

  /// The outcome; errors go to `details` when given.
  Status Finish(ConfigErrors* details);

 private:
  /// Follows aliases and counts, then calls `f` with a node that is none.
  bool Visit(const yaml::Node& node, FunctionRef<bool(const yaml::Node&)> f);
  bool Enter(const yaml::Node& node);
  /// Resolves a scalar; collects the type error of a collection.
  std::optional<yaml::Scalar> ResolveFor(const yaml::Node& node, std::string_view go_type);
  bool TypeError(const yaml::Node& node, std::string_view tag, std::string_view go_type);
  bool AppendJson(const yaml::Node& node, std::string& out, std::size_t depth);
  /// A key is a text in JSON, whatever it is in YAML.
  void AppendJsonKey(const yaml::Node& node, std::string& out, std::size_t depth);
  void DoubledKey(const yaml::Node& value_node, std::string_view key);
  ConfigError Describe(const yaml::Node& node, std::string message) const;
  /// Calls `f` for each mapping that a merge key brings in, in order of increasing precedence.
  void Merge(const yaml::Node& node, FunctionRef<void(const yaml::Node&)> f);
  bool StructFields(const yaml::Node& node, std::string_view go_type, const Fields& fields);
  // What List, Map and Optional do for every type; `clear` and `reset` empty the value.
  bool EachItem(const yaml::Node& node, std::string_view go_type, FunctionRef<void()> clear,
                FunctionRef<void(const yaml::Node&)> item);
  /// Calls `entry` for each key, those of merged mappings included.
  using Entry = FunctionRef<void(const yaml::Node& key, const yaml::Node& value)>;
  bool EachEntry(const yaml::Node& node, std::string_view go_type, FunctionRef<void()> clear, Entry entry);
  bool MapEntries(const yaml::Node& node, Entry entry);
  /// Of what is neither: a null clears, all else is a type error.
  bool ClearIfNull(const yaml::Node& node, std::string_view go_type, FunctionRef<void()> clear);
  bool NullOr(const yaml::Node& node, FunctionRef<void()> reset, FunctionRef<bool(const yaml::Node&)> set);
  /// Of a null, whether its text is one, too; otherwise decoding ends.
  bool IsProperNull(const yaml::Node& node);

  std::string file_;
  ConfigErrors errors_;
  std::optional<ConfigError> failure_;
  /// Aliases being followed, to find one that contains itself.
  std::set<const yaml::Node*> aliases_;
  std::uint64_t visits_ = 0;
  std::uint64_t visits_by_alias_ = 0;
};

// ---- fields of the usual types ----

Field StringField(std::string_view name, std::string& out);
/// A text whose Go type is a named string: `cannot unmarshal !!seq into config.plain`.
Field NamedStringField(std::string_view name, std::string& out, std::string_view go_type);
Field BoolField(std::string_view name, bool& out);
Field BoolField(std::string_view name, std::optional<bool>& out);
Field UintField(std::string_view name, std::uint64_t& out, std::string_view go_type = "uint");
Field IntField(std::string_view name, std::int64_t& out, std::string_view go_type = "int");
Field FloatField(std::string_view name, double& out);
/// A URL that parses; kept as Go prints it.
Field UrlField(std::string_view name, std::optional<std::string>& out);
Field DurationField(std::string_view name, std::chrono::nanoseconds& out);
Field ByteSizeField(std::string_view name, std::int64_t& out);
Field StringListField(std::string_view name, std::vector<std::string>& out);
/// `map[string]string`.
Field StringMapField(std::string_view name, std::map<std::string, std::string, std::less<>>& out);
/// A mapping to anything; the values become JSON.
Field AnyMapField(std::string_view name, std::map<std::string, std::string, std::less<>>& out);

// ---- implementation ----

template <class T, class F>
bool Decoder::List(const yaml::Node& node, std::vector<T>& out, std::string_view go_type, F element) {
  return EachItem(
      node, go_type, [&] { out.clear(); },
      [&](const yaml::Node& child) {
        T item{};
        if (element(*this, child, item)) out.push_back(std::move(item));
      });
}

template <class T, class F>
bool Decoder::Items(const yaml::Node& node, std::vector<ListItem<T>>& out, std::string_view go_type, F element) {
  return List(node, out, go_type, [element](Decoder& d, const yaml::Node& n, ListItem<T>& item) {
    item.node = &n;
    return d.Optional(n, item.value, element);
  });
}

template <class M, class K, class V>
bool Decoder::Map(const yaml::Node& node, M& out, std::string_view go_type, K key, V value, MapStyle style) {
  return EachEntry(
      node, go_type, [&] { out.clear(); },
      [&](const yaml::Node& key_node, const yaml::Node& value_node) {
        std::string name;
        if (!key(*this, key_node, name)) return;
        typename M::mapped_type item{};
        const bool good = value(*this, value_node, item);
        if (!good && (aborted() || style == MapStyle::kMap)) return;
        if (!out.emplace(name, std::move(item)).second) DoubledKey(value_node, name);
      });
}

template <class T, class F>
bool Decoder::Optional(const yaml::Node& node, std::optional<T>& out, F element) {
  return NullOr(
      node, [&] { out.reset(); },
      [&](const yaml::Node& n) {
        if (!out) out.emplace();
        return element(*this, n, *out);
      });
}

}  // namespace stalemark
