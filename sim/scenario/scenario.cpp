// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

std::string_view FaultKindText(FaultKind kind) {
  switch (kind) {
    case FaultKind::kRefuse:
      return SimFaultName(SimFault::kRefuse);
    case FaultKind::kDialTimeout:
      return SimFaultName(SimFault::kDialTimeout);
    case FaultKind::kResetBeforeHead:
      return SimFaultName(SimFault::kResetBeforeHead);
    case FaultKind::kHang:
      return SimFaultName(SimFault::kHang);
    case FaultKind::kTruncate:
      return SimFaultName(SimFault::kTruncate);
    case FaultKind::kHangBody:
      return SimFaultName(SimFault::kHangBody);
    case FaultKind::kStatus:
      return "status";
    case FaultKind::kSlow:
      return "slow";
    case FaultKind::kSlowBody:
      return "slow_body";
    case FaultKind::kEmpty:
      return "empty";
  }
  return {};
}

}  // namespace stalemark::scenario
