// SPDX-License-Identifier: Apache-2.0
// Appendable and Appender: where scraped samples go. Mirrors storage.AppendableV2 and storage.AppenderV2
// (storage/interface_append.go). An appender is one transaction and single-use: after Commit or Rollback it is spent.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/model/exemplar.h"
#include "core/model/histogram.h"
#include "core/model/labels.h"
#include "core/model/metadata.h"

namespace stalemark {

/// A storage's own number for a series; 0 means unknown.
enum class SeriesRef : std::uint64_t {};
inline constexpr SeriesRef kNoSeries{0};

/// Verdict on one append. The scrape loop decides by it (APP-16); the text is for people.
enum class AppendCode : std::uint8_t {
  kOk,
  kOutOfOrder,   ///< `out of order sample`
  kDuplicate,    ///< `duplicate sample for timestamp`
  kOutOfBounds,  ///< `out of bounds`
  kTooOld,       ///< `too old sample`
  kNotFound,     ///< `not found`
  kSampleLimit,  ///< `sample limit exceeded`
  kBucketLimit,  ///< `histogram bucket limit exceeded`
  kOther,        ///< anything else: ends the scrape
};

struct AppendRequest {
  SeriesRef ref = kNoSeries;
  /// Identifies the series when ref is 0 or unknown. Never null; must live until Append returns.
  const Labels* labels = nullptr;
  std::int64_t t_ms = 0;
  /// Start time, 0: none.
  std::int64_t st_ms = 0;
  /// IEEE-754 bits; of no meaning with a histogram.
  std::uint64_t value_bits = 0;
  /// At most one of the two; both null: a float sample. Must live until Append returns.
  const Histogram* histogram = nullptr;
  const FloatHistogram* float_histogram = nullptr;
  /// Sorted by time (APP-32). Must live until Append returns.
  std::span<const Exemplar> exemplars{};
  /// May be null; must live until Append returns.
  const Metadata* metadata = nullptr;
  /// With an out-of-order window configured: refuse what is out of order anyway (HEAD-06).
  bool reject_out_of_order = false;
};

struct AppendResult {
  SeriesRef ref = kNoSeries;
  AppendCode code = AppendCode::kOk;
  /// Of the request's exemplars, with kOk (upstream's AppendPartialError): the sample was taken, these were not.
  std::uint16_t exemplars_refused = 0;
  /// Those of them that were `out of order exemplar` (APP-33).
  std::uint16_t exemplars_out_of_order = 0;
};

/// Called once, when a commit has taken effect or failed; the text is what Commit returned.
using CommitDone = std::function<void(const std::optional<std::string>& error)>;

class Appender {
 public:
  virtual ~Appender() = default;
  /// Checks the sample against committed state and buffers it. A refused sample changes nothing but, perhaps, creates
  /// the series (HEAD-10).
  virtual AppendResult Append(const AppendRequest& request) = 0;
  /// Why the last append was not kOk, or why exemplars were refused (one line each), in upstream's words.
  virtual std::string ErrorText() const = 0;
  /// Ends the transaction. A commit may take time (a slow disk): `done` is called when it is over, perhaps inside the
  /// call. The appender must live until then.
  virtual void Commit(CommitDone done) = 0;
  /// Ends the transaction and forgets its samples.
  virtual void Rollback() = 0;
};

/// Whose transaction it is; for storages that record or count by target.
struct AppenderContext {
  /// Public labels of the target; null outside scraping. Valid during the call.
  const Labels* target_labels = nullptr;
};

class Appendable {
 public:
  virtual ~Appendable() = default;
  virtual std::unique_ptr<Appender> NewAppender(const AppenderContext& context) = 0;
};

}  // namespace stalemark
