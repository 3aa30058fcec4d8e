// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/fault_kind.h"

#include <cassert>
#include <iterator>

namespace stalemark::scenario {
namespace {

constexpr std::uint32_t Bit(FaultKey key) {
  return std::uint32_t{1} << static_cast<unsigned>(key);
}
constexpr std::uint32_t kAfter = Bit(FaultKey::kAfter);
constexpr std::uint32_t kBytes = Bit(FaultKey::kBytes);
constexpr std::uint32_t kDelay = Bit(FaultKey::kDelay);
constexpr std::uint32_t kStatus = Bit(FaultKey::kStatus);
constexpr std::uint32_t kXor = Bit(FaultKey::kXor);
constexpr std::uint32_t kError = Bit(FaultKey::kError);
constexpr std::uint32_t kLocation = Bit(FaultKey::kLocation);
constexpr std::uint32_t kContentType = Bit(FaultKey::kContentType);

constexpr Nanoseconds kNoDelay{0};
constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

constexpr FaultTraits kFaults[] = {
    {FaultKind::kResolve, "resolve", SimFault::kResolve, false, kDelay, 0, 0, kNoDelay},
    {FaultKind::kRefuse, "refuse", SimFault::kRefuse, false, kDelay, 0, 0, kNoDelay},
    {FaultKind::kDialTimeout, "dial_timeout", SimFault::kDialTimeout, false, 0, 0, 0, kNoDelay},
    {FaultKind::kTls, "tls", SimFault::kTls, false, kDelay | kError, 0, 0, kNoDelay},
    {FaultKind::kReset, "reset", SimFault::kReset, false, kDelay, 0, 0, kNoDelay},
    {FaultKind::kResetBeforeHead, "reset_before_head", SimFault::kResetBeforeHead, false, kDelay, 0, 0, kNoDelay},
    {FaultKind::kResetInHead, "reset_in_head", SimFault::kResetInHead, false, kDelay, 0, 0, kNoDelay},
    {FaultKind::kHang, "hang", SimFault::kHang, false, 0, 0, 0, kNoDelay},
    {FaultKind::kStatus, "status", SimFault::kNone, false, kDelay | kStatus, 500, 0, kNoDelay},
    {FaultKind::kRedirect, "redirect", SimFault::kNone, false, kDelay | kStatus | kLocation, 302, 0, kNoDelay},
    {FaultKind::kRedirectLoop, "redirect_loop", SimFault::kNone, false, kDelay | kStatus, 302, 0, kNoDelay},
    {FaultKind::kTruncate, "truncate", SimFault::kTruncate, true, kAfter, 0, 0, kNoDelay},
    {FaultKind::kResetBody, "reset_body", SimFault::kResetBody, true, kAfter, 0, 0, kNoDelay},
    {FaultKind::kHangBody, "hang_body", SimFault::kHangBody, true, kAfter, 0, 0, kNoDelay},
    {FaultKind::kSlow, "slow", SimFault::kNone, true, kDelay, 0, 0, kNoDelay},
    {FaultKind::kSlowBody, "slow_body", SimFault::kNone, true, kDelay, 0, 0, kNoDelay},
    {FaultKind::kDrip, "drip", SimFault::kNone, true, kDelay | kBytes, 0, 100, std::chrono::seconds(1)},
    {FaultKind::kEmpty, "empty", SimFault::kNone, true, 0, 0, 0, kNoDelay},
    {FaultKind::kExtraBody, "extra_body", SimFault::kNone, true, kBytes, 0, 64, kNoDelay},
    {FaultKind::kContentType, "content_type", SimFault::kNone, true, kContentType, 0, 0, kNoDelay},
    {FaultKind::kBadGzip, "bad_gzip", SimFault::kNone, true, kAfter, 0, 0, kNoDelay},
    {FaultKind::kGzipBomb, "gzip_bomb", SimFault::kNone, true, kBytes, 0, 8 * kMebibyte, kNoDelay},
    {FaultKind::kOversize, "oversize", SimFault::kNone, true, kBytes, 0, kMebibyte, kNoDelay},
    {FaultKind::kCorrupt, "corrupt", SimFault::kNone, true, kAfter | kBytes | kXor, 0, 1, kNoDelay},
    {FaultKind::kNonUtf8, "non_utf8", SimFault::kNone, true, kAfter, 0, 0, kNoDelay},
};

constexpr bool TableIsInOrder() {
  for (std::size_t i = 0; i < std::size(kFaults); ++i) {
    if (static_cast<std::size_t>(kFaults[i].kind) != i) return false;
  }
  return true;
}
static_assert(TableIsInOrder());

constexpr std::string_view kFaultKeyNames[kFaultKeys] = {"after", "bytes", "delay",    "status",
                                                         "xor",   "error", "location", "content_type"};

}  // namespace

std::string_view FaultKeyText(FaultKey key) {
  return kFaultKeyNames[static_cast<std::size_t>(key)];
}

std::span<const FaultTraits> AllFaults() {
  return kFaults;
}

const FaultTraits& TraitsOf(FaultKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  assert(index < std::size(kFaults));
  return kFaults[index];
}

}  // namespace stalemark::scenario
