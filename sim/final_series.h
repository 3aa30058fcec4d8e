// SPDX-License-Identifier: Apache-2.0
// The series at the end of a run, as the store digest takes them (docs/formats/trace.md).
#pragma once

#include "core/storage/head.h"
#include "core/trace/trace_writer.h"

namespace stalemark {

/// Adds a series to the digest. Callers go through the series in the order of their labels.
void AddFinalSeries(const SeriesView& series, trace::TraceWriter* writer);

}  // namespace stalemark
