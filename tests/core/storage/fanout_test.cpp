// SPDX-License-Identifier: Apache-2.0
// FAN-01 to FAN-03: who is asked, in which order, and what an error stops. Storages write what they are told into one
// log.
#include "core/storage/fanout.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/storage/head_helpers.h"

namespace stalemark {
namespace {

using namespace testing;

/// What the storages share: the log, scripted errors and commits that wait.
struct Script {
  std::string log;
  /// Name of a storage -> what its next appends answer.
  std::map<std::string, AppendCode> append_codes;
  std::map<std::string, std::uint16_t> exemplars_refused;
  std::map<std::string, std::string> commit_errors;
  bool commits_wait = false;
  std::vector<std::pair<std::string, CommitDone>> waiting;

  void Note(const std::string& text) { log += (log.empty() ? "" : " ") + text; }
  std::string Take() { return std::exchange(log, {}); }
  void Finish(const std::string& name, const CommitDone& done) {
    const auto error = commit_errors.find(name);
    done(error == commit_errors.end() ? std::nullopt : std::optional<std::string>(error->second));
  }
  void FinishNext() {
    auto [name, done] = std::move(waiting.front());
    waiting.erase(waiting.begin());
    Finish(name, done);
  }
};

class ScriptedAppender final : public Appender {
 public:
  ScriptedAppender(Script& script, std::string name, std::uint64_t ref_base)
      : script_(script), name_(std::move(name)), ref_base_(ref_base) {}
  AppendResult Append(const AppendRequest& request) override {
    script_.Note(name_ + ".append(" + std::to_string(static_cast<std::uint64_t>(request.ref)) + ")");
    const auto code = script_.append_codes.find(name_);
    if (code != script_.append_codes.end()) return {kNoSeries, code->second};
    AppendResult result{SeriesRef{ref_base_ + 1}, AppendCode::kOk};
    if (const auto refused = script_.exemplars_refused.find(name_); refused != script_.exemplars_refused.end()) {
      result.exemplars_refused = result.exemplars_out_of_order = refused->second;
    }
    return result;
  }
  std::string ErrorText() const override { return name_ + " refuses"; }
  void Commit(CommitDone done) override {
    script_.Note(name_ + ".commit");
    if (script_.commits_wait) {
      script_.waiting.emplace_back(name_, std::move(done));
    } else {
      script_.Finish(name_, done);
    }
  }
  void Rollback() override { script_.Note(name_ + ".rollback"); }

 private:
  Script& script_;
  std::string name_;
  std::uint64_t ref_base_;
};

class ScriptedStorage final : public Appendable {
 public:
  ScriptedStorage(Script& script, std::string name, std::uint64_t ref_base)
      : script_(script), name_(std::move(name)), ref_base_(ref_base) {}
  std::unique_ptr<Appender> NewAppender(const AppenderContext&) override {
    return std::make_unique<ScriptedAppender>(script_, name_, ref_base_);
  }

 private:
  Script& script_;
  std::string name_;
  std::uint64_t ref_base_;
};

struct Fixture {
  Script script;
  ScriptedStorage primary{script, "p", 0};
  ScriptedStorage first{script, "s1", 10};
  ScriptedStorage second{script, "s2", 20};
  FanoutStorage fanout{primary, {&first, &second}};
  const Labels labels = Labels::FromSorted({{"a", "1"}});

  AppendResult Append(Appender& appender, SeriesRef ref = kNoSeries) {
    return appender.Append({.ref = ref, .labels = &labels, .t_ms = 1});
  }
  /// Text of the error, `ok`, or `pending`.
  std::string Commit(Appender& appender) {
    outcome = "pending";
    appender.Commit([this](const std::optional<std::string>& error) { outcome = error.value_or("ok"); });
    return outcome;
  }
  std::string outcome;
};

BOOST_FIXTURE_TEST_CASE(FAN_01_each_storage_gets_its_own_reference, Fixture) {
  const auto appender = fanout.NewAppender({});
  BOOST_TEST((Append(*appender).ref == SeriesRef{1}));
  BOOST_TEST(script.Take() == "p.append(0) s1.append(0) s2.append(0)");
  BOOST_TEST((Append(*appender, SeriesRef{1}).ref == SeriesRef{1}));
  BOOST_TEST(script.Take() == "p.append(1) s1.append(11) s2.append(21)");
}

BOOST_FIXTURE_TEST_CASE(FAN_01_the_primary_decides_first, Fixture) {
  script.append_codes["p"] = AppendCode::kOutOfOrder;
  const auto appender = fanout.NewAppender({});
  const AppendResult result = Append(*appender);
  BOOST_TEST((result.code == AppendCode::kOutOfOrder));
  BOOST_TEST(appender->ErrorText() == "p refuses");
  BOOST_TEST(script.Take() == "p.append(0)");
}

BOOST_FIXTURE_TEST_CASE(FAN_01_a_secondarys_refusal_is_returned, Fixture) {
  script.append_codes["s1"] = AppendCode::kOther;
  const auto appender = fanout.NewAppender({});
  const AppendResult result = Append(*appender);
  BOOST_TEST((result.code == AppendCode::kOther));
  BOOST_TEST((result.ref == SeriesRef{1}));
  BOOST_TEST(appender->ErrorText() == "s1 refuses");
  BOOST_TEST(script.Take() == "p.append(0) s1.append(0)");
}

BOOST_AUTO_TEST_CASE(FAN_01_refused_exemplars_are_summed_up) {
  struct Row {
    const char* name;
    std::map<std::string, std::uint16_t> refused;
    const char* text;
    std::uint16_t total;
  };
  const Row rows[] = {
      {"nowhere", {}, "", 0},
      {"primary", {{"p", 2}}, "p refuses", 2},
      {"a secondary", {{"s2", 1}}, "s2 refuses", 1},
      {"all", {{"p", 1}, {"s1", 2}, {"s2", 3}}, "p refuses\ns1 refuses\ns2 refuses", 6},
      {"more than can be counted", {{"p", 65'535}, {"s1", 1}}, "p refuses\ns1 refuses", 65'535},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Fixture f;
      f.script.exemplars_refused = row.refused;
      const auto appender = f.fanout.NewAppender({});
      const AppendResult result = f.Append(*appender);
      BOOST_TEST((result.code == AppendCode::kOk));
      BOOST_TEST(result.exemplars_refused == row.total);
      BOOST_TEST(result.exemplars_out_of_order == row.total);
      if (row.total > 0) BOOST_TEST(appender->ErrorText() == row.text);
      BOOST_TEST(f.script.Take() == "p.append(0) s1.append(0) s2.append(0)");
    }
  }
}

BOOST_FIXTURE_TEST_CASE(FAN_01_a_refusal_hides_refused_exemplars, Fixture) {
  script.exemplars_refused["p"] = 1;
  script.append_codes["s2"] = AppendCode::kOther;
  const auto appender = fanout.NewAppender({});
  BOOST_TEST((Append(*appender).code == AppendCode::kOther));
  BOOST_TEST(appender->ErrorText() == "s2 refuses");
}

BOOST_AUTO_TEST_CASE(FAN_02_commit_stops_at_the_first_error) {
  struct Row {
    const char* name;
    const char* failing;
    const char* log;
    const char* outcome;
  };
  const Row rows[] = {
      {"none fails", "", "p.commit s1.commit s2.commit", "ok"},
      {"primary", "p", "p.commit s1.rollback s2.rollback", "disk full"},
      {"first secondary", "s1", "p.commit s1.commit s2.rollback", "disk full"},
      {"last secondary", "s2", "p.commit s1.commit s2.commit", "disk full"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Fixture f;
      f.script.commit_errors[row.failing] = "disk full";
      BOOST_TEST(f.Commit(*f.fanout.NewAppender({})) == row.outcome);
      BOOST_TEST(f.script.Take() == row.log);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(FAN_02_a_commit_waits_for_the_one_before, Fixture) {
  script.commits_wait = true;
  const auto appender = fanout.NewAppender({});
  BOOST_TEST(Commit(*appender) == "pending");
  BOOST_TEST(script.Take() == "p.commit");
  script.FinishNext();
  BOOST_TEST(script.Take() == "s1.commit");
  script.commit_errors["s1"] = "disk full";
  script.FinishNext();
  BOOST_TEST(script.Take() == "s2.rollback");
  BOOST_TEST(outcome == "disk full");
}

BOOST_FIXTURE_TEST_CASE(FAN_02_rollback_reaches_all, Fixture) {
  fanout.NewAppender({})->Rollback();
  BOOST_TEST(script.Take() == "p.rollback s1.rollback s2.rollback");
}

/// A secondary that stores nothing and gives no references, as that of remote write: it counts what was committed.
class CountingStorage final : public Appendable {
 public:
  struct Counts {
    std::string text;
    std::int64_t highest_t_ms = 0;
  };
  Counts committed;
  bool saw_reference = false;

  std::unique_ptr<Appender> NewAppender(const AppenderContext&) override {
    return std::make_unique<CountingAppender>(*this);
  }

 private:
  class CountingAppender final : public Appender {
   public:
    explicit CountingAppender(CountingStorage& storage) : storage_(storage), counts_(storage.committed) {}
    AppendResult Append(const AppendRequest& request) override {
      storage_.saw_reference |= request.ref != kNoSeries;
      counts_.text += request.histogram != nullptr ? "h" : "f";
      counts_.text.append(request.exemplars.size(), 'e');
      counts_.highest_t_ms = std::max(counts_.highest_t_ms, request.t_ms);
      return {kNoSeries, AppendCode::kOk};
    }
    std::string ErrorText() const override { return ""; }
    void Commit(CommitDone done) override {
      storage_.committed = counts_;
      done(std::nullopt);
    }
    void Rollback() override {}

   private:
    CountingStorage& storage_;
    Counts counts_;
  };
};

BOOST_AUTO_TEST_CASE(FAN_03_a_secondary_that_only_counts_sees_what_the_primary_took) {
  Head head;
  CountingStorage counting;
  FanoutStorage fanout(head, {&counting});
  const Exemplar exemplar{{}, 0, true, 30};
  const Histogram histogram = Buckets({1});
  Transaction first(fanout);
  BOOST_TEST(first.Float(30, 1) == "");
  const SeriesRef ref = first.result.ref;
  BOOST_TEST((ref == SeriesRef{1}));
  first.Send({.ref = ref, .t_ms = 40, .value_bits = BitsOf(2), .exemplars = {&exemplar, 1}});
  first.Send({.ref = ref, .t_ms = 50, .histogram = &histogram});
  BOOST_TEST(counting.committed.text == "");
  first.Commit();
  BOOST_TEST(counting.committed.text == "ffeh");
  BOOST_TEST(counting.committed.highest_t_ms == 50);

  Transaction second(fanout);
  second.Send({.ref = ref, .t_ms = 60});
  BOOST_TEST(second.Float(20, 3) == "out of order sample");
  second.Rollback();
  BOOST_TEST(counting.committed.text == "ffeh");
  BOOST_TEST(!counting.saw_reference);
  BOOST_TEST(head.series_count() == 1u);
  BOOST_TEST(Show(head) == "30=1 40=2 50=h1?");
}

}  // namespace
}  // namespace stalemark
