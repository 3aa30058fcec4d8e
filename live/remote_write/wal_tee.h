// SPDX-License-Identifier: Apache-2.0
// WalTee: two logs for one head. An error is the first one's, whose record the second then does not get.
#pragma once

#include <string_view>

#include "core/storage/wal.h"

namespace stalemark {

class WalTee final : public WalSink {
 public:
  /// `first` may be null. Both outlive this.
  WalTee(WalSink* first, WalSink& second) : first_(first), second_(second) {}
  Status Log(std::string_view record) override {
    if (first_ != nullptr) {
      if (Status logged = first_->Log(record); !logged) return logged;
    }
    return second_.Log(record);
  }
  bool wanted() const override { return (first_ != nullptr && first_->wanted()) || second_.wanted(); }

 private:
  WalSink* const first_;
  WalSink& second_;
};

}  // namespace stalemark
