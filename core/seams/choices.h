// SPDX-License-Identifier: Apache-2.0
// Choices: where upstream leaves an outcome to chance, the engine asks here, so that every outcome can be reached and
// replayed. The default takes the first alternative.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stalemark {

enum class ChoicePoint : std::uint8_t {
  kStopOrder,         ///< which of the remaining pools Stop takes next (MGR-19); default: by name
  kTickOrCancel,      ///< a tick and a cancellation are both ready (LOOP-04, EOR-02); default: the cancellation
  kStaleMarkerOrder,  ///< which series gets its marker next (STALE-02); default: in order of first tracking
};

/// For people.
constexpr std::string_view ChoicePointText(ChoicePoint point) {
  switch (point) {
    case ChoicePoint::kStopOrder:
      return "the order in which pools stop";
    case ChoicePoint::kTickOrCancel:
      return "a tick and a cancellation that are both ready";
    case ChoicePoint::kStaleMarkerOrder:
      return "the order of stale markers";
  }
  return {};
}

class Choices {
 public:
  virtual ~Choices() = default;
  /// A number below `alternatives`, which is at least 1.
  virtual std::size_t Pick(ChoicePoint point, std::size_t alternatives) = 0;
};

/// The fixed, documented answers.
class FirstChoice final : public Choices {
 public:
  std::size_t Pick(ChoicePoint, std::size_t) override { return 0; }
};

}  // namespace stalemark
