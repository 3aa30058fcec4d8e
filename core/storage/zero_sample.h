// SPDX-License-Identifier: Apache-2.0
// What stands for a histogram at the time at which counting began (HEAD-32).
#pragma once

#include "core/model/histogram.h"

namespace stalemark {

/// Everything but the layout is empty.
template <class H>
H ZeroOf(const H& histogram) {
  H zero;
  zero.counter_reset_hint = CounterResetHint::kCounterReset;
  zero.schema = histogram.schema;
  zero.zero_threshold = histogram.zero_threshold;
  zero.custom_values = histogram.custom_values;
  return zero;
}

}  // namespace stalemark
