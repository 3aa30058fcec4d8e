// SPDX-License-Identifier: Apache-2.0
// The head against a naive twin, plain maps and the words of the specification, on seeded sequences of transactions.
#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/model/value.h"
#include "core/storage/head.h"

namespace stalemark {
namespace {

struct TwinSeries {
  std::vector<Sample> in_order;
  /// Lists of at most 32, in the order they were begun; time -> bits.
  std::vector<std::map<std::int64_t, std::uint64_t>> late;
};

struct TwinSample {
  std::string series;
  std::int64_t t_ms;
  std::uint64_t bits;
};

struct Twin {
  std::int64_t window;
  std::map<std::string, TwinSeries> series;
  std::map<std::string, std::uint64_t> refs;
  std::optional<std::int64_t> min_t;
  std::optional<std::int64_t> max_t;
  std::uint64_t appended = 0;
  std::uint64_t stale = 0;
};

/// HEAD-01 to HEAD-06 and HEAD-20 to HEAD-25, one sentence after the other.
class TwinAppender {
 public:
  explicit TwinAppender(Twin& twin) : twin_(twin) {
    if (twin.max_t) TakeSnapshot();
  }

  AppendCode Append(const std::string& name, std::int64_t t_ms, std::uint64_t bits, bool reject) {
    if (!opened_) {
      if (!twin_.max_t) twin_.min_t = twin_.max_t = t_ms;
      TakeSnapshot();
    }
    if (twin_.window == 0 && t_ms < min_valid_) return AppendCode::kOutOfBounds;
    if (twin_.refs.count(name) == 0) twin_.refs[name] = twin_.refs.size() + 1;
    bool late = false;
    AppendCode code = Judge(twin_.series[name], t_ms, bits, late);
    if (late && reject) code = AppendCode::kOutOfOrder;
    if (code == AppendCode::kOk) buffer_.push_back({name, t_ms, bits});
    return code;
  }

  void Commit() {
    for (const TwinSample& sample : buffer_) CommitOne(sample);
  }

 private:
  void TakeSnapshot() {
    opened_ = true;
    max_t_ = *twin_.max_t;
    min_valid_ = max_t_ - 3'600'000;
  }

  AppendCode Judge(const TwinSeries& series, std::int64_t t_ms, std::uint64_t bits, bool& late) const {
    late = false;
    if (t_ms >= min_valid_) {
      if (series.in_order.empty() || t_ms > series.in_order.back().t_ms) return AppendCode::kOk;
      if (t_ms == series.in_order.back().t_ms) {
        return bits == series.in_order.back().bits ? AppendCode::kOk : AppendCode::kDuplicate;
      }
    }
    if (twin_.window == 0) return t_ms < min_valid_ ? AppendCode::kOutOfBounds : AppendCode::kOutOfOrder;
    late = true;
    return t_ms >= max_t_ - twin_.window ? AppendCode::kOk : AppendCode::kTooOld;
  }

  void CommitOne(const TwinSample& sample) {
    TwinSeries& series = twin_.series[sample.series];
    bool late = false;
    if (Judge(series, sample.t_ms, sample.bits, late) != AppendCode::kOk) return;
    if (late) {
      if (series.late.empty() || series.late.back().size() == 32) series.late.emplace_back();
      twin_.appended += series.late.back().emplace(sample.t_ms, sample.bits).second ? 1 : 0;
      return;
    }
    if (!series.in_order.empty() && series.in_order.back().t_ms >= sample.t_ms) return;
    if (!series.in_order.empty() && IsStaleNaN(series.in_order.back().bits)) --twin_.stale;
    if (IsStaleNaN(sample.bits)) ++twin_.stale;
    series.in_order.push_back({sample.t_ms, sample.bits});
    twin_.min_t = std::min(*twin_.min_t, sample.t_ms);
    twin_.max_t = std::max(*twin_.max_t, sample.t_ms);
    ++twin_.appended;
  }

  Twin& twin_;
  bool opened_ = false;
  std::int64_t max_t_ = 0;
  std::int64_t min_valid_ = 0;
  std::vector<TwinSample> buffer_;
};

class TwinRun {
 public:
  TwinRun(std::uint64_t seed, std::int64_t window)
      : random_(seed), head_({.out_of_order_window_ms = window}, {.wal = &wal_}), twin_{window, {}, {}, {}, {}, 0, 0} {}

  void Run() {
    for (int step = 0; step < 400; ++step) {
      Transaction& transaction = open_[random_() % 3];
      if (transaction.head == nullptr) {
        transaction.head = head_.NewAppender({});
        transaction.twin = std::make_unique<TwinAppender>(twin_);
      }
      const std::uint64_t what = random_() % 20;
      if (what < 17) {
        for (std::uint64_t i = random_() % 12; i > 0; --i) AppendToBoth(transaction);
      } else {
        End(transaction, what == 19);
      }
    }
    Compare();
  }

 private:
  struct Transaction {
    std::unique_ptr<Appender> head;
    std::unique_ptr<TwinAppender> twin;
  };

  void AppendToBoth(Transaction& transaction) {
    const std::string name = "m" + std::to_string(random_() % 12);
    const Labels labels = Labels::FromSorted({{"__name__", name}});
    now_ms_ += static_cast<std::int64_t>(random_() % 4 * 500);
    // Mostly now; sometimes a little late, on a coarse grid so that times meet; sometimes far away.
    std::int64_t t_ms = now_ms_ / 1000 * 1000;
    if (random_() % 4 == 0) t_ms -= static_cast<std::int64_t>(random_() % 40) * 1000;
    if (random_() % 50 == 0) t_ms -= static_cast<std::int64_t>(random_() % 8'000'000);
    if (random_() % 400 == 0) t_ms += 3'000'000;
    const std::uint64_t bits = random_() % 8 == 0 ? kStaleNaN : BitsOf(static_cast<double>(random_() % 3));
    AppendRequest request{.labels = &labels, .t_ms = t_ms, .value_bits = bits};
    request.reject_out_of_order = random_() % 10 == 0;
    if (random_() % 2 == 0 && twin_.refs.count(name) > 0) request.ref = SeriesRef{twin_.refs[name]};
    const AppendResult result = transaction.head->Append(request);
    const AppendCode expected = transaction.twin->Append(name, t_ms, bits, request.reject_out_of_order);
    BOOST_REQUIRE((result.code == expected));
    if (expected == AppendCode::kOk) {
      BOOST_REQUIRE((result.ref == SeriesRef{twin_.refs[name]}));
    } else {
      BOOST_REQUIRE((result.ref == kNoSeries));
    }
  }

  void End(Transaction& transaction, bool rollback) {
    if (rollback) {
      transaction.head->Rollback();
    } else {
      transaction.head->Commit([](const std::optional<std::string>& error) { BOOST_REQUIRE(!error); });
      transaction.twin->Commit();
    }
    transaction = {};
  }

  void Compare() {
    BOOST_REQUIRE((head_.min_t_ms() == twin_.min_t));
    BOOST_REQUIRE((head_.max_t_ms() == twin_.max_t));
    BOOST_REQUIRE_EQUAL(head_.stats().floats.appended, twin_.appended);
    BOOST_REQUIRE_EQUAL(head_.stats().stale_series, twin_.stale);
    BOOST_REQUIRE_EQUAL(head_.series_count(), twin_.refs.size());
    for (const auto& [name, ref] : twin_.refs) {
      const TwinSeries& series = twin_.series[name];
      std::map<std::int64_t, std::set<std::uint64_t>> candidates;
      for (const Sample& sample : series.in_order) candidates[sample.t_ms].insert(sample.bits);
      for (const auto& list : series.late) {
        for (const auto& [t_ms, bits] : list) candidates[t_ms].insert(bits);
      }
      const std::vector<Sample> samples = head_.Samples(SeriesRef{ref});
      BOOST_REQUIRE_EQUAL(samples.size(), candidates.size());
      auto expected = candidates.begin();
      for (const Sample& sample : samples) {
        BOOST_REQUIRE_EQUAL(sample.t_ms, expected->first);
        BOOST_REQUIRE(expected->second.count(sample.bits) == 1);
        ++expected;
      }
    }
  }

  std::mt19937_64 random_;
  MemoryWal wal_;
  Head head_;
  Twin twin_;
  std::map<std::uint64_t, Transaction> open_;
  std::int64_t now_ms_ = 1'767'225'600'000;
};

BOOST_AUTO_TEST_CASE(HEAD_04_twin_without_a_window) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      TwinRun(seed, 0).Run();
    }
  }
}

BOOST_AUTO_TEST_CASE(HEAD_04_twin_with_a_window) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      TwinRun(seed, seed % 2 == 0 ? 20'000 : 5'000'000).Run();
    }
  }
}

}  // namespace
}  // namespace stalemark
