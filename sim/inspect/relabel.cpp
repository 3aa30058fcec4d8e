// SPDX-License-Identifier: Apache-2.0
#include "core/relabel/relabel.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/config/json_text.h"
#include "core/config/object_writer.h"
#include "core/scrape/sample_labels.h"
#include "sim/inspect/state.h"
#include "sim/inspect/targets.h"

namespace stalemark::inspect {
namespace {

LabelMap TextsOf(const Labels& labels) {
  LabelMap texts;
  for (const Label label : labels) texts[std::string(label.name)] = std::string(label.value);
  return texts;
}

void AppendStep(std::string& out, const RelabelRule& rule, const RelabelStep& step, LabelMap* labels) {
  std::string config;
  DumpRule(config, rule);
  JsonObject object(out);
  object.AlwaysUint("rule", step.rule + 1);
  object.AlwaysText("action", RelabelActionText(step.action));
  object.AlwaysText("config", config);
  AppendJsonLabels(object.Key("before"), *labels);
  for (const RelabelChange& change : step.changes) {
    if (change.after.empty()) {
      labels->erase(change.name);
    } else {
      (*labels)[change.name] = change.after;
    }
  }
  AppendJsonLabels(object.Key("after"), *labels);
  object.AlwaysBool("dropped", step.verdict == RelabelVerdict::kDrop);
  object.AlwaysText("text", RelabelStepText(rule, step));
}

std::string Explain(std::string_view rules_name, const std::vector<RelabelRule>& rules, const Labels& labels) {
  const RelabelExplanation explanation = ExplainRelabelRules(rules, labels);
  LabelMap texts = TextsOf(labels);
  std::string out;
  {
    JsonObject object(out);
    object.AlwaysText("rules", rules_name);
    AppendJsonLabels(object.Key("before"), texts);
    object.AlwaysList("steps", explanation.steps, [&](std::string& to, const RelabelStep& step) {
      AppendStep(to, rules[step.rule], step, &texts);
    });
    AppendJsonLabels(object.Key("after"), texts);
    object.AlwaysBool("dropped", explanation.verdict == RelabelVerdict::kDrop);
  }
  return out;
}

}  // namespace

Result<std::string> RelabelJson(const scenario::ScenarioRun& run, const RelabelQuery& query) {
  const std::vector<SeenTarget> targets = TargetsOf(run.manager());
  auto found = targets.end();
  if (query.loop) {
    found = std::find_if(targets.begin(), targets.end(), [&](const SeenTarget& seen) {
      return seen.loop != nullptr && seen.loop->id() == *query.loop;
    });
  } else if (query.target && *query.target < targets.size()) {
    found = targets.begin() + static_cast<std::ptrdiff_t>(*query.target);
  }
  if (found == targets.end()) {
    return Error{query.loop ? fmt::format("loop {} is not there", static_cast<std::uint64_t>(*query.loop))
                            : "no such target: name a loop, or the place of a target in the state's list"};
  }
  const Target& target = *found->target;
  if (!query.series) {
    return Explain("relabel_configs", target.origin().config->relabel_configs, target.DiscoveredLabels());
  }
  if (found->loop == nullptr) return Error{"the target is dropped: nothing of it is scraped"};
  const ScrapeConfig& config = *found->loop->pool_config();
  const HonorLabels honor = config.honor_labels ? HonorLabels::kYes : HonorLabels::kNo;
  return Explain("metric_relabel_configs", config.metric_relabel_configs,
                 WithTargetLabels(*query.series, found->loop->public_labels(), honor));
}

}  // namespace stalemark::inspect
