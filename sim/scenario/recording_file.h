// SPDX-License-Identifier: Apache-2.0
// The file of a recording (docs/formats/recording.md): late timers and exchanges of a live run as YAML, one a line,
// written by `stalemark record`. Bodies lie in files of their own.
//
// Writing and reading are exact: what is read equals what was written, to the nanosecond and the byte.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/model/result.h"
#include "core/seams/recording.h"

namespace stalemark::scenario {

/// `bodies/` and the beginning of the content's SHA-256: the one name that a body may have.
std::string BodyName(std::string_view content);

/// A body by the name that the recording gives it.
using ReadBody = std::function<Result<std::string>(const std::string& name)>;

std::string RecordingText(const Recording& recording);
/// A body whose name is not its content's, and chunks beyond the body, are refused. Errors are lines of
/// `FILE:LINE:COL: found X, expected Y`. Timers come out sorted by Key(), exchanges by start.
Result<Recording> ReadRecordingFile(const std::string& file, std::string_view text, const ReadBody& read_body);

}  // namespace stalemark::scenario
