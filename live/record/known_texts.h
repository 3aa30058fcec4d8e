// SPDX-License-Identifier: Apache-2.0
// KnownTexts: texts that are looked for all at once, each with what stands in its place. One pass over the input,
// however many they are: a bitmap by the first bytes, then a look-up in sorted order. At each place the longest one
// counts.
//
// Texts of fewer than kLengthMin bytes are not taken. Texts come from servers, too: the work at one place is bounded
// (kStepsMax), which can hide a text only from whom it is a beginning of many others. Single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stalemark {

class KnownTexts {
 public:
  static constexpr std::size_t kLengthMin = 6;

  /// A later value takes the place of an earlier one.
  void Set(std::string_view text, std::string_view value);
  bool Has(std::string_view text) const { return texts_.find(text) != texts_.end(); }

  struct Match {
    std::size_t at = 0;
    std::string_view text;
    std::string_view value;
  };
  /// The longest one that stands here.
  std::optional<Match> At(std::string_view input, std::size_t at) const;
  std::optional<Match> Next(std::string_view input, std::size_t from) const;
  /// Each with its value, through `change`, in its place.
  std::string Replaced(std::string_view input,
                       const std::function<std::string(std::string_view value)>& change = nullptr) const;

 private:
  std::map<std::string, std::string, std::less<>> texts_;
  std::vector<bool> beginnings_;
  std::size_t length_max_ = 0;
};

}  // namespace stalemark
