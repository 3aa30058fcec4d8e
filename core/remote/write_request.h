// SPDX-License-Identifier: Apache-2.0
// The messages of remote write 1.0 and 2.0, before compression (RW-06, RW-07, RW-17, RW-19). Mirrors prompb/codec.go,
// prompb/types.proto and remote.proto, and prompb/io/prometheus/write/v2.
//
// Each function appends a whole message to `out`. Fields are in the order of their numbers; zero values, -0 too, are
// left out but for the counts of histograms and the metadata field of 2.0.
#pragma once

#include <span>
#include <string>

#include "core/model/metadata.h"
#include "core/remote/time_series.h"

namespace stalemark {

/// prometheus.WriteRequest with series.
void EncodeWriteRequest(std::span<const TimeSeries> series, std::string& out);
/// prometheus.WriteRequest with metadata of families (RW-12).
void EncodeMetadataRequest(std::span<const Metadata> metadata, std::string& out);

struct WriteRequestV2Options {
  /// Type and unit come from the labels `__type__` and `__unit__`, from metadata only the help.
  bool type_and_unit_labels = false;
};

/// io.prometheus.write.v2.Request.
void EncodeWriteRequestV2(std::span<const TimeSeries> series, const WriteRequestV2Options& options, std::string& out);

}  // namespace stalemark
