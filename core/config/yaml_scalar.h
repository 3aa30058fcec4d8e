// SPDX-License-Identifier: Apache-2.0
// What the text of a YAML scalar means to yaml.v2: YAML 1.1 booleans and integers, floats, timestamps, nulls (CFG-29,
// CFG-45). Mirrors resolve.go.
//
// Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/config/yaml.h"
#include "core/model/result.h"

namespace stalemark::yaml {

inline constexpr std::string_view kNullTag = "tag:yaml.org,2002:null";
inline constexpr std::string_view kStringTag = "tag:yaml.org,2002:str";
inline constexpr std::string_view kSequenceTag = "tag:yaml.org,2002:seq";
inline constexpr std::string_view kMappingTag = "tag:yaml.org,2002:map";

struct Scalar {
  /// Long form of the tag the text resolved to.
  std::string tag;
  /// monostate: null. Texts, timestamps and values of foreign tags stay text; a !!binary is decoded.
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string> value;

  bool IsNull() const { return value.index() == 0; }
};

/// Resolves a scalar node. Fails where the text contradicts an explicit tag: ``cannot decode !!str `x` as a !!int``.
Result<Scalar> Resolve(const Node& node);

/// `!!str` for `tag:yaml.org,2002:str`; other tags as they are.
std::string ShortTag(std::string_view tag);

}  // namespace stalemark::yaml
