// SPDX-License-Identifier: Apache-2.0
// A planted fault, in the place of sim/run/run_choices.cpp: chance is answered by the iteration order of an unordered
// map that is keyed by addresses. `--seeds` must find it, and no other test would.
#include "sim/run/run_choices.h"

#include <memory>
#include <unordered_map>
#include <vector>

namespace stalemark::scenario {
namespace {

class AddressChoices final : public Choices {
 public:
  AddressChoices() {
    // Never given back, so that no later run gets the same addresses.
    static std::vector<std::unique_ptr<int>> all;
    for (std::size_t i = 0; i < kKeys; ++i) {
      all.push_back(std::make_unique<int>());
      order_[all.back().get()] = i;
    }
  }

  std::size_t Pick(ChoicePoint, std::size_t alternatives) override {
    for (std::size_t bucket = asked_++ % order_.bucket_count();; bucket = (bucket + 1) % order_.bucket_count()) {
      if (order_.begin(bucket) != order_.end(bucket)) return order_.begin(bucket)->second % alternatives;
    }
  }

 private:
  static constexpr std::size_t kKeys = 64;
  std::unordered_map<const void*, std::size_t> order_;
  std::size_t asked_ = 0;
};

}  // namespace

std::unique_ptr<Choices> ChoicesOf(const Scenario&, SeededChoices::Listener) {
  return std::make_unique<AddressChoices>();
}

}  // namespace stalemark::scenario
