// SPDX-License-Identifier: Apache-2.0
// What every Appendable has to do, whatever lies behind it. A test file calls CheckAppendable once per implementation
// with a factory that makes an empty storage; each rule starts with a new one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/model/value.h"
#include "core/seams/appendable.h"
#include "core/storage/sample_merge.h"

namespace stalemark {

/// A storage under test.
class AppendableSubject {
 public:
  virtual ~AppendableSubject() = default;
  virtual Appendable& storage() = 0;
  /// Lets commits that take time come to their end.
  virtual void Settle() {}
  /// What is stored for a series, by time; empty: nothing, or no such series.
  virtual std::vector<Sample> Stored(const Labels& labels) = 0;
};

using AppendableFactory = std::function<std::unique_ptr<AppendableSubject>()>;

/// Verbs for one storage.
class AppendableFixture {
 public:
  explicit AppendableFixture(const AppendableFactory& make) : subject_(make()) {}

  std::unique_ptr<Appender> Begin() { return subject_->storage().NewAppender({}); }

  static AppendResult Append(Appender& appender, const Labels& labels, std::int64_t t_ms, double value,
                             SeriesRef ref = kNoSeries) {
    return appender.Append({.ref = ref, .labels = &labels, .t_ms = t_ms, .value_bits = BitsOf(value)});
  }

  /// The error's text; empty: committed.
  std::string Commit(Appender& appender) {
    int calls = 0;
    std::string text;
    appender.Commit([&](const std::optional<std::string>& error) {
      ++calls;
      text = error.value_or("");
    });
    subject_->Settle();
    BOOST_TEST(calls == 1);
    return text;
  }

  void CommitOne(const Labels& labels, std::int64_t t_ms, double value) {
    const auto appender = Begin();
    BOOST_TEST((Append(*appender, labels, t_ms, value).code == AppendCode::kOk));
    BOOST_TEST(Commit(*appender) == "");
  }

  /// `1=10 2=20`: times and values.
  std::string Stored(const Labels& labels) {
    std::string out;
    for (const Sample& sample : subject_->Stored(labels)) {
      if (!out.empty()) out += ' ';
      out += std::to_string(sample.t_ms) + '=';
      out += IsStaleNaN(sample.bits) ? "stale" : std::to_string(static_cast<int>(DoubleOf(sample.bits)));
    }
    return out;
  }

  AppendableSubject& subject() { return *subject_; }

  const Labels up = Labels::FromUnsorted({{"__name__", "up"}, {"job", "a"}});
  const Labels down = Labels::FromUnsorted({{"__name__", "down"}, {"job", "a"}});

 private:
  std::unique_ptr<AppendableSubject> subject_;
};

namespace appendable_suite {

inline void SamplesAppearAtCommit(AppendableFixture f) {
  const auto appender = f.Begin();
  f.Append(*appender, f.up, 1000, 1);
  f.Append(*appender, f.up, 2000, 2);
  f.Append(*appender, f.down, 1500, 3);
  BOOST_TEST(f.Stored(f.up) == "");
  BOOST_TEST(f.Commit(*appender) == "");
  BOOST_TEST(f.Stored(f.up) == "1000=1 2000=2");
  BOOST_TEST(f.Stored(f.down) == "1500=3");
}

inline void RollbackStoresNothing(AppendableFixture f) {
  const auto appender = f.Begin();
  f.Append(*appender, f.up, 1000, 1);
  appender->Rollback();
  f.subject().Settle();
  BOOST_TEST(f.Stored(f.up) == "");
  f.CommitOne(f.up, 1000, 2);
  BOOST_TEST(f.Stored(f.up) == "1000=2");
}

inline void EmptyTransactionsEndWell(AppendableFixture f) {
  BOOST_TEST(f.Commit(*f.Begin()) == "");
  f.Begin()->Rollback();
  f.CommitOne(f.up, 1000, 1);
  BOOST_TEST(f.Commit(*f.Begin()) == "");
  BOOST_TEST(f.Stored(f.up) == "1000=1");
}

inline void ReferencesReplaceLabels(AppendableFixture f) {
  const auto appender = f.Begin();
  const AppendResult first = f.Append(*appender, f.up, 1000, 1);
  BOOST_TEST((first.ref != kNoSeries));
  BOOST_TEST((f.Append(*appender, f.up, 2000, 2).ref == first.ref));
  BOOST_TEST((f.Append(*appender, f.down, 3000, 3, first.ref).ref == first.ref));
  const AppendResult unknown = f.Append(*appender, f.down, 1000, 4, SeriesRef{1u << 30});
  BOOST_TEST((unknown.code == AppendCode::kOk));
  BOOST_TEST((unknown.ref != first.ref));
  BOOST_TEST(f.Commit(*appender) == "");
  BOOST_TEST(f.Stored(f.up) == "1000=1 2000=2 3000=3");
  BOOST_TEST(f.Stored(f.down) == "1000=4");
}

inline void RefusalsLeaveTheTransactionAlive(AppendableFixture f) {
  constexpr std::int64_t kNow = 1'000'000'000;
  f.CommitOne(f.up, kNow, 1);
  const auto appender = f.Begin();
  f.Append(*appender, f.down, kNow, 5);
  struct Row {
    const char* name;
    std::int64_t t_ms;
    double value;
    AppendCode code;
    const char* text;
  };
  const Row rows[] = {
      {"same sample", kNow, 1, AppendCode::kOk, ""},
      {"other value", kNow, 2, AppendCode::kDuplicate,
       "duplicate sample for timestamp 1000000000; overrides not allowed: existing 1, new value 2"},
      {"older", kNow - 1, 1, AppendCode::kOutOfOrder, "out of order sample"},
      {"oldest in bounds", kNow - 3'600'000, 1, AppendCode::kOutOfOrder, "out of order sample"},
      {"out of bounds", kNow - 3'600'001, 1, AppendCode::kOutOfBounds, "out of bounds"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const AppendResult result = f.Append(*appender, f.up, row.t_ms, row.value);
      BOOST_TEST((result.code == row.code));
      BOOST_TEST((result.ref == kNoSeries) == (row.code != AppendCode::kOk));
      if (row.code != AppendCode::kOk) BOOST_TEST(appender->ErrorText() == row.text);
    }
  }
  f.Append(*appender, f.up, kNow + 1, 6);
  BOOST_TEST(f.Commit(*appender) == "");
  BOOST_TEST(f.Stored(f.up) == "1000000000=1 1000000001=6");
  BOOST_TEST(f.Stored(f.down) == "1000000000=5");
}

inline void InvalidLabelsAreRefused(AppendableFixture f) {
  const auto appender = f.Begin();
  BOOST_TEST((f.Append(*appender, Labels(), 1000, 1).code == AppendCode::kOther));
  BOOST_TEST(appender->ErrorText() == "empty labelset: invalid sample");
  const Labels twice = Labels::FromUnsorted({{"a", "1"}, {"a", "2"}});
  BOOST_TEST((f.Append(*appender, twice, 1000, 1).code == AppendCode::kOther));
  BOOST_TEST(appender->ErrorText() == "label name \"a\" is not unique: invalid sample");
  appender->Rollback();
}

inline void TransactionsMayOverlap(AppendableFixture f) {
  f.CommitOne(f.up, 1000, 1);
  const auto early = f.Begin();
  const auto late = f.Begin();
  f.Append(*early, f.up, 2000, 2);
  f.Append(*late, f.up, 3000, 3);
  BOOST_TEST(f.Commit(*late) == "");
  // Accepted when it was appended, refused without a word at commit (HEAD-21).
  BOOST_TEST(f.Commit(*early) == "");
  BOOST_TEST(f.Stored(f.up) == "1000=1 3000=3");
}

inline void BitsSurvive(AppendableFixture f) {
  const std::uint64_t rows[] = {kStaleNaN, kNormalNaN, 0x8000000000000000, 0x7ff0000000000000, 1};
  const auto appender = f.Begin();
  std::int64_t t_ms = 1000;
  for (const std::uint64_t bits : rows) {
    appender->Append({.labels = &f.up, .t_ms = t_ms++, .value_bits = bits});
  }
  BOOST_TEST(f.Commit(*appender) == "");
  const std::vector<Sample> stored = f.subject().Stored(f.up);
  BOOST_REQUIRE_EQUAL(stored.size(), std::size(rows));
  for (std::size_t i = 0; i < stored.size(); ++i) BOOST_TEST(stored[i].bits == rows[i]);
}

inline void DoneMayDestroyTheAppender(AppendableFixture f) {
  std::unique_ptr<Appender> appender = f.Begin();
  f.Append(*appender, f.up, 1000, 1);
  Appender& committed = *appender;
  committed.Commit([&appender](const std::optional<std::string>&) { appender.reset(); });
  f.subject().Settle();
  BOOST_TEST((appender == nullptr));
  BOOST_TEST(f.Stored(f.up) == "1000=1");
}

}  // namespace appendable_suite

inline void CheckAppendable(const AppendableFactory& make) {
  const std::pair<const char*, void (*)(AppendableFixture)> rules[] = {
      {"samples appear at commit", appendable_suite::SamplesAppearAtCommit},
      {"rollback stores nothing", appendable_suite::RollbackStoresNothing},
      {"empty transactions end well", appendable_suite::EmptyTransactionsEndWell},
      {"references replace labels", appendable_suite::ReferencesReplaceLabels},
      {"refusals leave the transaction alive", appendable_suite::RefusalsLeaveTheTransactionAlive},
      {"invalid labels are refused", appendable_suite::InvalidLabelsAreRefused},
      {"transactions may overlap", appendable_suite::TransactionsMayOverlap},
      {"bits survive", appendable_suite::BitsSurvive},
      {"done may destroy the appender", appendable_suite::DoneMayDestroyTheAppender},
  };
  for (const auto& [name, rule] : rules) {
    BOOST_TEST_CONTEXT(name) {
      rule(AppendableFixture(make));
    }
  }
}

}  // namespace stalemark
