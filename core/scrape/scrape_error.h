// SPDX-License-Identifier: Apache-2.0
// Why a scrape failed: the text that the targets page shows as lastError, and its kind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stalemark {

enum class ScrapeErrorKind : std::uint8_t {
  kNone,
  kTransport,    ///< connecting, TLS, a connection that broke
  kTimeout,      ///< the deadline of the scrape
  kHttpStatus,   ///< not 200
  kContentType,  ///< no parser for the Content-Type
  kBodyLimit,    ///< body_size_limit
  kParse,        ///< the body is not what it claims to be
  kSampleLimit,  ///< sample_limit
  kLabelLimit,   ///< label_limit, label_name_length_limit, label_value_length_limit
  kBucketLimit,  ///< native_histogram_bucket_limit
  kAppend,       ///< refused by storage, or a name that storage may not see
  kOther,        ///< target_limit, bad gzip, a request that cannot be built
};

/// `transport`, `timeout`, ...; empty for kNone.
constexpr std::string_view ScrapeErrorKindText(ScrapeErrorKind kind) {
  switch (kind) {
    case ScrapeErrorKind::kTransport:
      return "transport";
    case ScrapeErrorKind::kTimeout:
      return "timeout";
    case ScrapeErrorKind::kHttpStatus:
      return "http_status";
    case ScrapeErrorKind::kContentType:
      return "content_type";
    case ScrapeErrorKind::kBodyLimit:
      return "body_limit";
    case ScrapeErrorKind::kParse:
      return "parse";
    case ScrapeErrorKind::kSampleLimit:
      return "sample_limit";
    case ScrapeErrorKind::kLabelLimit:
      return "label_limit";
    case ScrapeErrorKind::kBucketLimit:
      return "bucket_limit";
    case ScrapeErrorKind::kAppend:
      return "append";
    case ScrapeErrorKind::kOther:
      return "other";
    case ScrapeErrorKind::kNone:
      break;
  }
  return "";
}

struct ScrapeError {
  ScrapeErrorKind kind = ScrapeErrorKind::kNone;
  std::string message;
};

}  // namespace stalemark
