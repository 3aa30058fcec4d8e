// SPDX-License-Identifier: Apache-2.0
// The words of AppendCode, as traces in JSON show them and scenarios write them. Apart from appendable.h, which the
// engine includes everywhere. Pure.
#pragma once

#include <string_view>

#include "core/seams/appendable.h"

namespace stalemark {

/// `ok`, `out_of_order`, ...
constexpr std::string_view AppendCodeText(AppendCode code) {
  switch (code) {
    case AppendCode::kOk:
      return "ok";
    case AppendCode::kOutOfOrder:
      return "out_of_order";
    case AppendCode::kDuplicate:
      return "duplicate";
    case AppendCode::kOutOfBounds:
      return "out_of_bounds";
    case AppendCode::kTooOld:
      return "too_old";
    case AppendCode::kNotFound:
      return "not_found";
    case AppendCode::kSampleLimit:
      return "sample_limit";
    case AppendCode::kBucketLimit:
      return "bucket_limit";
    case AppendCode::kOther:
      break;
  }
  return "other";
}

}  // namespace stalemark
