// SPDX-License-Identifier: Apache-2.0
// Answer: what an exporter said to one request of a check, or a page that was saved. The input of CheckExporter
// (check.h). A plain value: who asked, and how, is the caller's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/seams/time.h"

namespace stalemark::exporter_check {

/// Why it was asked for.
enum class Purpose : std::uint8_t {
  kScrape,    ///< one of several scrapes with the headers of the job; in the order of their times
  kProtocol,  ///< one scrape protocol alone
  kCoding,    ///< without compression
  kEscaping,  ///< another escaping scheme
};
/// `scrape`, `protocol`, `coding`, `escaping`.
std::string_view PurposeText(Purpose purpose);

struct Answer {
  Purpose purpose = Purpose::kScrape;
  /// What people call it: `scrape 1`, `PrometheusProto`, the name of a file.
  std::string name;
  /// The Accept header; empty for a page that was saved.
  std::string accept;
  /// Accept-Encoding was gzip.
  bool asked_gzip = false;
  WallTime at{};
  Nanoseconds took{0};
  /// Why there is no body, in upstream's words; empty: there is one.
  std::string error;
  /// `200 OK`; empty: no head, or a page that was saved.
  std::string status;
  std::string content_type;
  /// Content-Encoding; empty: none.
  std::string content_coding;
  std::uint64_t redirects = 0;
  /// As it came, compressed or not.
  std::uint64_t wire_bytes = 0;
  std::string body;
  /// The page of a file: places are in it.
  bool is_file = false;
};

}  // namespace stalemark::exporter_check
