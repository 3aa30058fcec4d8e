// SPDX-License-Identifier: Apache-2.0
// Times in what the module answers: nanoseconds as decimal text, since beyond 2^53 they are no number of JavaScript's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/config/json_text.h"
#include "core/seams/time.h"

namespace stalemark::inspect {

inline void WriteTime(JsonObject& object, std::string_view name, Nanoseconds time) {
  object.AlwaysText(name, std::to_string(time.count()));
}

/// null where there is none.
inline void WriteTime(JsonObject& object, std::string_view name, const std::optional<MonotonicTime>& time) {
  if (time) {
    WriteTime(object, name, time->time_since_epoch());
  } else {
    object.Key(name) += "null";
  }
}

}  // namespace stalemark::inspect
