// SPDX-License-Identifier: Apache-2.0
// WAL-10: which records a batch of a transaction has, and in which order.
#include <type_traits>

#include "core/storage/wal.h"

namespace stalemark {
namespace {

/// Writes what a buffer holds and remembers the first failure.
class BatchLogger {
 public:
  BatchLogger(const RecordBuffer& buffer, WalSink& wal, std::string_view& what)
      : buffer_(buffer), wal_(wal), what_(what) {}

  bool failed() const { return !status_.ok(); }
  const Status& status() const { return status_; }
  void Log(std::string_view what) {
    if (failed()) return;
    status_ = wal_.Log(buffer_.view());
    what_ = what;
  }

 private:
  const RecordBuffer& buffer_;
  WalSink& wal_;
  std::string_view& what_;
  Status status_;
};

template <class H>
void LogHistograms(std::span<const HistogramRecord<H>> histograms, bool st_storage, RecordBuffer& buffer,
                   BatchLogger& logger) {
  if (histograms.empty() || logger.failed()) return;
  const std::string_view what = std::is_same_v<H, Histogram> ? "log histograms" : "log float histograms";
  if (st_storage) {
    EncodeHistogramsV2Record(histograms, buffer);
    logger.Log(what);
    return;
  }
  if (EncodeHistogramsRecord(histograms, buffer)) logger.Log(what);
  if (EncodeCustomBucketsHistogramsRecord(histograms, buffer)) {
    logger.Log(std::is_same_v<H, Histogram> ? "log custom buckets histograms" : "log custom buckets float histograms");
  }
}

}  // namespace

Status LogBatch(const LoggedBatch& batch, RecordBuffer& buffer, WalSink& wal, std::string_view& what) {
  BatchLogger logger(buffer, wal, what);
  if (!batch.metadata.empty()) {
    EncodeMetadataRecord(batch.metadata, buffer);
    logger.Log("log metadata");
  }
  if (!batch.samples.empty() && !logger.failed()) {
    if (batch.st_storage) {
      EncodeSamplesV2Record(batch.samples, batch.start_times, buffer);
    } else {
      EncodeSamplesRecord(batch.samples.data(), batch.samples.data() + batch.samples.size(), buffer);
    }
    logger.Log("log samples");
  }
  LogHistograms(batch.histograms, batch.st_storage, buffer, logger);
  LogHistograms(batch.float_histograms, batch.st_storage, buffer, logger);
  if (!batch.exemplars.empty() && !logger.failed()) {
    EncodeExemplarsRecord(batch.exemplars, buffer);
    logger.Log("log exemplars");
  }
  return logger.status();
}

}  // namespace stalemark
