// SPDX-License-Identifier: Apache-2.0
// FieldReader: typed access to a YAML tree for files of our own, strict: unknown, doubled and misplaced keys and values
// of the wrong kind become errors with file, line, column, what was found, what was expected and the nearest known key.
//
// Reading goes on after an error, so that one run shows them all, up to kErrorsMax. Aliases are followed; the number of
// nodes read through them and the bytes of text taken are bounded, which stops alias bombs. The Document must outlive
// the reader's use of its nodes. Single-threaded.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/config/yaml.h"
#include "core/model/function_ref.h"
#include "core/seams/time.h"

namespace stalemark::scenario {

class FieldReader {
 public:
  using Read = FunctionRef<void(const yaml::Node& value)>;
  /// A key of a mapping whose node is kept, to be read when it is its turn.
  struct KeptKey {
    std::string_view name;
    const yaml::Node** node;
  };
  /// A key of a mapping: read where it stands, or kept. Made in the call only, for `read` is not owned.
  struct Key {
    Key(std::string_view of, const yaml::Node** kept) : name(of), node(kept) {}
    template <class F>
    Key(std::string_view of, const F& f) : name(of), read(f) {}

    std::string_view name;
    const yaml::Node** node = nullptr;
    std::optional<Read> read = {};
  };
  static constexpr std::size_t kErrorsMax = 20;
  /// Durations beyond a year are refused: sums of them must fit.
  static constexpr Nanoseconds kDurationMax = std::chrono::hours(24 * 366);

  explicit FieldReader(std::string file) : file_(std::move(file)) {}

  // ---- values; on an error nothing is returned ----
  /// Any scalar but null, as written.
  std::optional<std::string> Text(const yaml::Node& node, std::string_view expected);
  std::optional<std::uint64_t> Number(const yaml::Node& node, std::uint64_t max);
  std::optional<bool> Flag(const yaml::Node& node);
  /// Prometheus's notation, at most kDurationMax.
  std::optional<Nanoseconds> Duration(const yaml::Node& node);
  /// The same, with a `-` in front allowed.
  std::optional<Nanoseconds> SignedDuration(const yaml::Node& node);
  /// RFC 3339.
  std::optional<WallTime> Instant(const yaml::Node& node);
  /// Index into `words`.
  std::optional<std::size_t> Word(const yaml::Node& node, const std::vector<std::string_view>& words);

  // ---- collections ----
  /// A mapping with known keys, which are read in the file's order.
  void Mapping(const yaml::Node& node, std::string_view what, std::initializer_list<Key> keys);
  /// A mapping with known keys whose nodes are kept.
  void Nodes(const yaml::Node& node, std::string_view what, const std::vector<KeptKey>& keys);
  /// A mapping with free keys.
  void Entries(const yaml::Node& node, std::string_view what,
               FunctionRef<void(const std::string& key, const yaml::Node& key_node, const yaml::Node& value)> read);
  void Items(const yaml::Node& node, std::string_view what, Read read);
  /// What an alias stands for, or the node itself; null when there are too many.
  const yaml::Node* Follow(const yaml::Node& node);

  // ---- errors ----
  void Fail(const yaml::Node& at, std::string_view found, std::string_view expected, std::string_view nearest = {});
  /// A complaint that is no "found, expected".
  void Complain(std::uint32_t line, std::uint32_t column, std::string_view message);
  void Complain(const yaml::Node& at, std::string_view message) { Complain(at.line, at.column, message); }
  /// A complaint that names its own file and place.
  void AddLine(std::string_view line);
  bool failed() const { return error_count_ > 0; }
  /// A line each.
  const std::string& errors() const { return errors_; }

 private:
  /// A mapping with the keys `names`; `read` gets their places among these.
  void KnownEntries(const yaml::Node& node, std::string_view what, const std::vector<std::string_view>& names,
                    FunctionRef<void(std::size_t number, const yaml::Node& value)> read);

  std::string file_;
  std::string errors_;
  std::size_t error_count_ = 0;
  std::uint64_t nodes_followed_ = 0;
  std::uint64_t text_bytes_ = 0;
};

/// What stands there, for an error: `mapping`, `list`, `"text"`, `nothing`.
std::string DescribeNode(const yaml::Node& node);
/// RFC 3339: `2026-01-01T00:00:00Z`, with fractions and offsets.
std::optional<WallTime> ParseInstant(std::string_view text);

}  // namespace stalemark::scenario
