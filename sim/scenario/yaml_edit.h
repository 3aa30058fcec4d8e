// SPDX-License-Identifier: Apache-2.0
// Changes to a YAML text that leave every other byte as it is: comments, order, quotes, indentation, line ends. What
// `stalemark test --update` writes with.
//
// An Edit names a value by the place of a mapping or list (that of its node) and the keys from there on. The text is
// read again to find the bytes; scalars keep their style (plain, quoted, block) where the new value can be written so.
// Pure functions. What cannot be changed in place (an alias, a value that is not there) is an error of that edit; the
// others are done.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"
#include "sim/scenario/place.h"

namespace stalemark::scenario {

struct Edit {
  enum class Kind {
    kSet,          ///< the value of the last key, or the node itself, is the scalar `text`; a missing key is added
    kRemoveKey,    ///< the last key goes, with its value
    kReplaceItem,  ///< item `index` of the list is `text`, in flow style
    kRemoveItem,   ///< item `index` of the list goes
    kInsertItem,   ///< a new item in front of item `index`, `text` in flow style
    kAppendItem,   ///< the list has another item at its end, `text` in flow style
  };
  Kind kind = Kind::kSet;
  Place place = {};
  std::vector<std::string> keys = {};
  std::string text = {};
  std::size_t index = 0;
};

/// One change that was made.
struct YamlChange {
  /// In the old text.
  Place place;
  /// What stood there, and what stands there now; the empty text: nothing.
  std::string before;
  std::string after;
};

struct EditedYaml {
  std::string text;
  /// In the order of the text.
  std::vector<YamlChange> changes;
  /// By edit: why it could not be made; empty: it was.
  std::vector<std::string> refusals;
};

/// The error: the text is not YAML. Edits of one list or mapping are made together.
Result<EditedYaml> EditYaml(std::string_view text, const std::vector<Edit>& edits);

/// A scalar in single quotes; in double quotes if it has control characters, which single ones cannot say.
std::string QuotedScalar(std::string_view value);
/// A scalar as it would stand in a flow collection: plain if that is safe, else in quotes.
std::string FlowScalar(std::string_view value);

}  // namespace stalemark::scenario
