// SPDX-License-Identifier: Apache-2.0
// What all conformance formats (tests/conformance/README.md) share: the outcome of one case, and reading its JSON.
// One source file per format; runner.h finds the files, tells the formats apart and collects.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/seams/files.h"

namespace stalemark::conformance {

using Json = nlohmann::json;

struct CaseContext {
  /// Reads what a case refers to (`body_file`).
  const Files* files = nullptr;
  /// Folder of the case file, to which such names are relative.
  std::string folder;
  /// Compare requests, commit times and target states of scrape cases; ignore what bodies decide.
  bool timing_only = false;
};

struct CaseOutcome {
  bool passed = false;
  /// First difference, one line: `what: expected ..., got ...`. Empty when passed.
  std::string difference;
  /// Canonical text of everything the engine produced; its digest must not depend on the build.
  std::string produced;
};

/// The outcome of a case that did not pass.
CaseOutcome Failed(std::string difference);
/// The outcome of comparing two texts.
CaseOutcome CompareText(std::string_view what, std::string_view expected, std::string_view actual);

/// Value of `key`: base64 of `key`_b64 where that is present, else the text of `key`; empty when both are absent.
std::string TextOf(const Json& object, const std::string& key);
/// True when `key` or `key`_b64 is present.
bool HasText(const Json& object, const std::string& key);
std::string DecodeBase64(std::string_view text);
/// The 16 lower-case hex digits of a 64-bit pattern.
std::string Hex16(std::uint64_t bits);
/// Reads what Hex16 writes.
std::uint64_t ParseHex16(std::string_view text);

/// What the cases call their configuration; error texts leave it out.
inline constexpr std::string_view kConfigFile = "prometheus.yml";

// One case of each format. Throws nothing but what nlohmann throws on a case that lacks required keys: the runner turns
// that into a failure.
CaseOutcome RunFloatCase(const Json& test, const CaseContext& context);
CaseOutcome RunExpositionCase(const Json& test, const CaseContext& context);
CaseOutcome RunRelabelCase(const Json& test, const CaseContext& context);
CaseOutcome RunConfigCase(const Json& test, const CaseContext& context);
CaseOutcome RunUnitsCase(const Json& test, const CaseContext& context);
CaseOutcome RunLabelsCase(const Json& test, const CaseContext& context);
CaseOutcome RunSeedCase(const Json& test, const CaseContext& context);
CaseOutcome RunOffsetCase(const Json& test, const CaseContext& context);
CaseOutcome RunUrlCase(const Json& test, const CaseContext& context);
CaseOutcome RunPopulateCase(const Json& test, const CaseContext& context);
CaseOutcome RunDocumentCase(const Json& test, const CaseContext& context);
CaseOutcome RunChunkCase(const Json& test, const CaseContext& context);
CaseOutcome RunRecordCase(const Json& test, const CaseContext& context);
CaseOutcome RunSegmentsCase(const Json& test, const CaseContext& context);
CaseOutcome RunReaderCase(const Json& test, const CaseContext& context);
CaseOutcome RunRemoteCase(const Json& test, const CaseContext& context);
CaseOutcome RunHeadCase(const Json& test, const CaseContext& context);
CaseOutcome RunScrapeCase(const Json& test, const CaseContext& context);

}  // namespace stalemark::conformance
