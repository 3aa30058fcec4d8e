// SPDX-License-Identifier: Apache-2.0
// SampleLog: an Appendable that hands everything on to another one and writes what that one took as JSON lines, a
// transaction at a time, when it is committed:
//
//   {"metric":{"__name__":"up","instance":"a:1","job":"j"},"t_ms":1767323045000,"value":"1"}
//   {"metric":{...},"t_ms":1767323060000,"stale":true}
//   {"metric":{...},"t_ms":1767323060000,"histogram":"{{schema:1 count:3 ...}}"}
//
// Values are texts, as in Prometheus's API: JSON has no NaN and no infinities. A sample that a later one of the same
// commit makes obsolete, which the head finds out at commit, is written too. Single-threaded.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/seams/appendable.h"

namespace stalemark {

class SampleLog final : public Appendable {
 public:
  /// Takes whole lines.
  using Write = std::function<void(std::string_view lines)>;

  /// The storage outlives it.
  SampleLog(Appendable& storage, Write write) : storage_(storage), write_(std::move(write)) {}

  std::unique_ptr<Appender> NewAppender(const AppenderContext& context) override;

 private:
  Appendable& storage_;
  const Write write_;
};

/// One line, as above.
std::string SampleLine(const AppendRequest& request);

}  // namespace stalemark
