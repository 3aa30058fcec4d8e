// SPDX-License-Identifier: Apache-2.0
// The events of a trace as JSON, one object a line: `{"at_ns":18139000000,"event":"ScrapeStarted","loop":1,...}`, with
// the names of docs/formats/trace.md.
//
// Numbers are JSON numbers, but value_bits and body_hash 16 hex digits, because most readers of JSON keep 53 bits only.
// Codes are words. Label sets are objects. Bytes that are no UTF-8 become U+FFFD. Pure function.
#pragma once

#include <string_view>

#include "core/model/result.h"
#include "sim/report/text_sink.h"

namespace stalemark::report {

/// An error: the bytes are no trace; what stood before it has been written.
Status WriteEventLines(std::string_view trace, const TextSink& out);

}  // namespace stalemark::report
