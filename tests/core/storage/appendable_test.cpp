// SPDX-License-Identifier: Apache-2.0
// The suite of the Appendable seam on everything in core/storage/ that implements it.
#include "core/storage/fanout.h"
#include "core/storage/head.h"
#include "tests/core/storage/appendable_suite.h"

namespace stalemark {
namespace {

std::vector<Sample> StoredIn(const Head& head, const Labels& labels) {
  std::vector<Sample> found;
  head.ForEachSeries([&](const SeriesView& series) {
    if (series.labels == labels) found = series.samples;
  });
  return found;
}

class HeadSubject final : public AppendableSubject {
 public:
  Appendable& storage() override { return head_; }
  std::vector<Sample> Stored(const Labels& labels) override { return StoredIn(head_, labels); }

 private:
  Head head_;
};

/// A head and as many secondary heads, which must hold the same in the end.
class FanoutSubject final : public AppendableSubject {
 public:
  explicit FanoutSubject(std::size_t secondaries) {
    std::vector<Appendable*> storages;
    for (std::size_t i = 0; i < secondaries; ++i) {
      secondaries_.push_back(std::make_unique<Head>());
      storages.push_back(secondaries_.back().get());
      // A series of its own: its references differ from the primary's.
      const auto appender = secondaries_.back()->NewAppender({});
      const Labels own = Labels::FromSorted({{"secondary", "1"}});
      appender->Append({.labels = &own, .t_ms = 0});
      appender->Rollback();
    }
    fanout_ = std::make_unique<FanoutStorage>(primary_, storages);
  }
  Appendable& storage() override { return *fanout_; }
  std::vector<Sample> Stored(const Labels& labels) override {
    std::vector<Sample> stored = StoredIn(primary_, labels);
    for (const auto& secondary : secondaries_) BOOST_TEST((StoredIn(*secondary, labels) == stored));
    return stored;
  }

 private:
  Head primary_;
  std::vector<std::unique_ptr<Head>> secondaries_;
  std::unique_ptr<FanoutStorage> fanout_;
};

BOOST_AUTO_TEST_CASE(appendable_suite_on_the_head) {
  CheckAppendable([] { return std::make_unique<HeadSubject>(); });
}

BOOST_AUTO_TEST_CASE(appendable_suite_on_a_fanout_with_one_secondary) {
  CheckAppendable([] { return std::make_unique<FanoutSubject>(1); });
}

BOOST_AUTO_TEST_CASE(appendable_suite_on_a_fanout_with_two_secondaries) {
  CheckAppendable([] { return std::make_unique<FanoutSubject>(2); });
}

}  // namespace
}  // namespace stalemark
