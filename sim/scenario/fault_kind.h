// SPDX-License-Identifier: Apache-2.0
// FaultKind: how an exporter of a scenario can fail, and what each kind takes: one table, which the reader of scenario
// files, the exporters, the texts and the random plans go by.
//
// Pure values; no errors.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sim/sim_response.h"

namespace stalemark::scenario {

enum class FaultKind : std::uint8_t {
  // The exporter is not reached.
  kResolve,
  kRefuse,
  kDialTimeout,
  kTls,
  // It does not answer by itself.
  kReset,
  kResetBeforeHead,
  kResetInHead,
  kHang,
  kStatus,
  kRedirect,
  kRedirectLoop,
  // Its answer is spoiled.
  kTruncate,
  kResetBody,
  kHangBody,
  kSlow,
  kSlowBody,
  kDrip,
  kEmpty,
  kExtraBody,
  kContentType,
  kBadGzip,
  kGzipBomb,
  kOversize,
  kCorrupt,
  kNonUtf8,
};

/// Keys beside `fault`.
enum class FaultKey : std::uint8_t { kAfter, kBytes, kDelay, kStatus, kXor, kError, kLocation, kContentType };
inline constexpr std::size_t kFaultKeys = 8;
/// `after`, `bytes`, ...
std::string_view FaultKeyText(FaultKey key);

/// Bytes that a fault may add to a body.
inline constexpr std::uint64_t kFaultBytesMax = std::uint64_t{256} << 20;

struct FaultTraits {
  FaultKind kind;
  std::string_view name;
  /// What the network does; kNone: it carries the answer.
  SimFault network;
  /// The exporter's next response is used up. False: it is left for later.
  bool uses_answer;
  /// Bit by FaultKey.
  std::uint32_t keys;
  int status_default;
  std::uint64_t bytes_default;
  Nanoseconds delay_default;

  bool Takes(FaultKey key) const { return (keys >> static_cast<unsigned>(key) & 1U) != 0; }
};

/// In the order of FaultKind.
std::span<const FaultTraits> AllFaults();
const FaultTraits& TraitsOf(FaultKind kind);
/// `refuse`, `dial_timeout`, ...
inline std::string_view FaultKindText(FaultKind kind) {
  return TraitsOf(kind).name;
}

}  // namespace stalemark::scenario
