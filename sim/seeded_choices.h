// SPDX-License-Identifier: Apache-2.0
// SeededChoices: Choices answered by a seed, each point from a stream of its own, and told to a listener where there
// was more than one alternative. Single-threaded.
#pragma once

#include <array>
#include <functional>
#include <utility>

#include "core/seams/choices.h"
#include "sim/seeds.h"

namespace stalemark {

class SeededChoices final : public Choices {
 public:
  using Listener = std::function<void(ChoicePoint point, std::size_t alternatives, std::size_t picked)>;

  SeededChoices(std::uint64_t seed, Listener listener)
      : streams_{SplitMix64(DeriveSeed(seed, "choices", "stop_order")),
                 SplitMix64(DeriveSeed(seed, "choices", "tick_or_cancel")),
                 SplitMix64(DeriveSeed(seed, "choices", "stale_marker_order"))},
        listener_(std::move(listener)) {}

  std::size_t Pick(ChoicePoint point, std::size_t alternatives) override {
    if (alternatives <= 1) return 0;
    const auto picked = static_cast<std::size_t>(streams_[static_cast<std::size_t>(point)].Below(alternatives));
    if (listener_) listener_(point, alternatives, picked);
    return picked;
  }

 private:
  /// By ChoicePoint.
  std::array<SplitMix64, 3> streams_;
  Listener listener_;
};

}  // namespace stalemark
