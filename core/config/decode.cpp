// SPDX-License-Identifier: Apache-2.0
#include "core/config/decode.h"

#include <algorithm>

#include "core/config/error_place.h"
#include "core/config/json_text.h"
#include "core/model/byte_size.h"
#include "core/model/number.h"
#include "core/text/go_quote.h"
#include "core/text/nearest.h"

namespace stalemark {
namespace {

/// yaml.v2 has no such bound, as Go's stack grows; ours does not.
constexpr std::size_t kAliasDepthMax = 500;

/// Share of visits that may come from aliases: yaml.v2's bound on alias bombs.
double AllowedAliasRatio(std::uint64_t visits) {
  constexpr std::uint64_t kLow = 400'000;
  constexpr std::uint64_t kHigh = 4'000'000;
  if (visits <= kLow) return 0.99;
  if (visits >= kHigh) return 0.10;
  return 0.99 - 0.89 * (static_cast<double>(visits - kLow) / static_cast<double>(kHigh - kLow));
}

/// The field most like an unknown key; empty when none is close.
std::string NearestField(std::string_view key, const Fields& fields) {
  std::vector<std::string_view> names;
  for (const Field& field : fields) names.push_back(field.name);
  return std::string(text::NearestWord(key, names));
}

/// As type errors show a value: cut by bytes, also inside a character.
std::string ShortValue(std::string_view value) {
  if (value.size() <= 10) return std::string(value);
  return std::string(value.substr(0, 7)) + "...";
}

void AppendJsonScalar(std::string& out, const decltype(yaml::Scalar::value)& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    AppendJsonString(out, *text);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    out += std::to_string(*integer);
  } else if (const auto* large = std::get_if<std::uint64_t>(&value)) {
    out += std::to_string(*large);
  } else if (const auto* real = std::get_if<double>(&value)) {
    AppendJsonFloat(out, *real);
  } else if (const auto* truth = std::get_if<bool>(&value)) {
    out += *truth ? "true" : "false";
  } else {
    out += "null";
  }
}

}  // namespace

bool Decoder::Enter(const yaml::Node& node) {
  if (aborted()) return false;
  ++visits_;
  if (!aliases_.empty()) ++visits_by_alias_;
  const bool too_many =
      visits_by_alias_ > 100 && visits_ > 1000 &&
      static_cast<double>(visits_by_alias_) / static_cast<double>(visits_) > AllowedAliasRatio(visits_);
  if (too_many || aliases_.size() > kAliasDepthMax) {
    Abort(node, "yaml: document contains excessive aliasing");
    return false;
  }
  return true;
}

ConfigError Decoder::Describe(const yaml::Node& node, std::string message) const {
  return DescribeError(node, std::move(message), file_);
}

void Decoder::Abort(const yaml::Node& node, std::string message) {
  if (failure_) return;
  const yaml::Node& blamed = BlamedNode(node, message);
  failure_ = Describe(blamed, std::move(message));
}

bool Decoder::TypeError(const yaml::Node& node, std::string_view tag, std::string_view go_type) {
  const std::string_view shown_tag = node.tag.empty() ? tag : std::string_view(node.tag);
  std::string message = "cannot unmarshal " + yaml::ShortTag(shown_tag);
  if (shown_tag != yaml::kSequenceTag && shown_tag != yaml::kMappingTag) {
    message += " `" + ShortValue(node.value) + "`";
  }
  message += " into ";
  message += go_type;
  errors_.push_back(Describe(node, std::move(message)));
  return false;
}

void Decoder::DoubledKey(const yaml::Node& value_node, std::string_view key) {
  errors_.push_back(Describe(value_node, "key " + text::GoQuote(key) + " already set in map"));
}

std::optional<yaml::Scalar> Decoder::ResolveFor(const yaml::Node& node, std::string_view go_type) {
  if (node.kind != yaml::NodeKind::kScalar) {
    TypeError(node, node.kind == yaml::NodeKind::kSequence ? yaml::kSequenceTag : yaml::kMappingTag, go_type);
    return std::nullopt;
  }
  Result<yaml::Scalar> scalar = yaml::Resolve(node);
  if (scalar.ok()) return std::move(scalar).value();
  Abort(node, scalar.error().message);
  return std::nullopt;
}

bool Decoder::IsProperNull(const yaml::Node& node) {
  const Result<yaml::Scalar> scalar = yaml::Resolve(node);
  if (!scalar.ok()) Abort(node, scalar.error().message);
  return scalar.ok();
}

void Decoder::Merge(const yaml::Node& node, FunctionRef<void(const yaml::Node&)> f) {
  const auto is_mapping = [](const yaml::Node& n) {
    return n.kind == yaml::NodeKind::kMapping ||
           (n.kind == yaml::NodeKind::kAlias && n.target->kind == yaml::NodeKind::kMapping);
  };
  std::vector<const yaml::Node*> merged = {&node};
  // Of a list of mappings the earlier ones take precedence.
  if (node.kind == yaml::NodeKind::kSequence) merged.assign(node.children.rbegin(), node.children.rend());
  for (const yaml::Node* each : merged) {
    if (!is_mapping(*each)) return Abort(*each, "yaml: map merge requires map or sequence of maps as the value");
    f(*each);
  }
}

bool Decoder::StructFields(const yaml::Node& node, std::string_view go_type, const Fields& fields) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i + 1 < node.children.size() && !aborted(); i += 2) {
    const yaml::Node& key_node = *node.children[i];
    const yaml::Node& value_node = *node.children[i + 1];
    if (key_node.IsMergeKey()) {
      Merge(value_node, [&](const yaml::Node& merged) {
        Visit(merged, [&](const yaml::Node& n) { return StructFields(n, go_type, fields); });
      });
      continue;
    }
    std::string name;
    if (!String(key_node, name)) continue;
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
    if (field == fields.end()) {
      errors_.push_back(Describe(key_node, "field " + name + " not found in type " + std::string(go_type)));
      errors_.back().nearest = NearestField(name, fields);
    } else if (!seen.insert(field->name).second) {
      errors_.push_back(Describe(key_node, "field " + name + " already set in type " + std::string(go_type)));
    } else {
      field->decode(*this, value_node);
    }
  }
  return !aborted();
}

bool Decoder::Visit(const yaml::Node& node, FunctionRef<bool(const yaml::Node&)> f) {
  if (!Enter(node)) return false;
  if (node.kind != yaml::NodeKind::kAlias) return f(node);
  if (!aliases_.insert(&node).second) {
    Abort(node, "yaml: anchor '" + node.value + "' value contains itself");
    return false;
  }
  const bool good = Visit(*node.target, f);
  aliases_.erase(&node);
  return good;
}

bool Decoder::EachItem(const yaml::Node& node, std::string_view go_type, FunctionRef<void()> clear,
                       FunctionRef<void(const yaml::Node&)> item) {
  return Visit(node, [&](const yaml::Node& n) {
    if (n.kind != yaml::NodeKind::kSequence) return ClearIfNull(n, go_type, clear);
    clear();
    for (const yaml::Node* child : n.children) {
      if (aborted()) return false;
      item(*child);
    }
    return !aborted();
  });
}

bool Decoder::EachEntry(const yaml::Node& node, std::string_view go_type, FunctionRef<void()> clear, Entry entry) {
  return Visit(node, [&](const yaml::Node& n) {
    return n.kind == yaml::NodeKind::kMapping ? MapEntries(n, entry) : ClearIfNull(n, go_type, clear);
  });
}

bool Decoder::MapEntries(const yaml::Node& node, Entry entry) {
  for (std::size_t i = 0; i + 1 < node.children.size() && !aborted(); i += 2) {
    const yaml::Node& key = *node.children[i];
    const yaml::Node& value = *node.children[i + 1];
    if (key.IsMergeKey()) {
      Merge(value, [&](const yaml::Node& merged) {
        Visit(merged, [&](const yaml::Node& n) { return MapEntries(n, entry); });
      });
    } else {
      entry(key, value);
    }
  }
  return !aborted();
}

bool Decoder::Struct(const yaml::Node& node, std::string_view go_type, const Fields& fields, FunctionRef<void()> zero) {
  return Visit(node, [&](const yaml::Node& n) {
    return n.kind == yaml::NodeKind::kMapping ? StructFields(n, go_type, fields) : ClearIfNull(n, go_type, zero);
  });
}

bool Decoder::ClearIfNull(const yaml::Node& node, std::string_view go_type, FunctionRef<void()> clear) {
  const std::optional<yaml::Scalar> scalar = ResolveFor(node, go_type);
  if (!scalar) return false;
  if (!scalar->IsNull()) return TypeError(node, scalar->tag, go_type);
  clear();
  return true;
}

bool Decoder::Custom(const yaml::Node& node, FunctionRef<void()> zero, FunctionRef<void(const yaml::Node&)> plain,
                     FunctionRef<Status()> check) {
  return NullOr(node, zero, [&](const yaml::Node& n) {
    const std::size_t errors_before = errors_.size();
    plain(n);
    if (aborted() || errors_.size() > errors_before) return false;
    const Status status = check();
    if (!status.ok()) Abort(n, status.error().message);
    return status.ok();
  });
}

bool Decoder::NullOr(const yaml::Node& node, FunctionRef<void()> reset, FunctionRef<bool(const yaml::Node&)> set) {
  return Visit(node, [&](const yaml::Node& n) {
    if (!n.IsNull()) return set(n);
    if (!IsProperNull(n)) return false;
    reset();
    return true;
  });
}

bool Decoder::String(const yaml::Node& node, std::string& out, std::string_view go_type) {
  return Visit(node, [&](const yaml::Node& n) {
    const std::optional<yaml::Scalar> scalar = ResolveFor(n, go_type);
    if (!scalar) return false;
    // Numbers and booleans keep their spelling; only a !!binary has another text than it is written with.
    const auto* text = std::get_if<std::string>(&scalar->value);
    out = scalar->IsNull() ? std::string() : text != nullptr ? *text : n.value;
    return true;
  });
}

bool Decoder::Bool(const yaml::Node& node, bool& out) {
  return Visit(node, [&](const yaml::Node& n) {
    const std::optional<yaml::Scalar> scalar = ResolveFor(n, "bool");
    if (!scalar) return false;
    const bool* value = std::get_if<bool>(&scalar->value);
    if (value == nullptr && !scalar->IsNull()) return TypeError(n, scalar->tag, "bool");
    out = value != nullptr && *value;
    return true;
  });
}

bool Decoder::Uint(const yaml::Node& node, std::uint64_t& out, std::string_view go_type) {
  return Visit(node, [&](const yaml::Node& n) {
    const std::optional<yaml::Scalar> scalar = ResolveFor(n, go_type);
    if (!scalar) return false;
    constexpr double kTwoTo64 = 18446744073709551616.0;
    if (scalar->IsNull()) {
      out = 0;
    } else if (const auto* integer = std::get_if<std::int64_t>(&scalar->value); integer != nullptr && *integer >= 0) {
      out = static_cast<std::uint64_t>(*integer);
    } else if (const auto* large = std::get_if<std::uint64_t>(&scalar->value)) {
      out = *large;
    } else if (const auto* real = std::get_if<double>(&scalar->value); real != nullptr && *real <= kTwoTo64) {
      out = Uint64FromDouble(*real);
    } else {
      return TypeError(n, scalar->tag, go_type);
    }
    return true;
  });
}

bool Decoder::Int(const yaml::Node& node, std::int64_t& out, std::string_view go_type) {
  return Visit(node, [&](const yaml::Node& n) {
    const std::optional<yaml::Scalar> scalar = ResolveFor(n, go_type);
    if (!scalar) return false;
    constexpr double kTwoTo63 = 9223372036854775808.0;
    if (scalar->IsNull()) {
      out = 0;
    } else if (const auto* integer = std::get_if<std::int64_t>(&scalar->value)) {
      out = *integer;
    } else if (const auto* real = std::get_if<double>(&scalar->value); real != nullptr && *real <= kTwoTo63) {
      out = Int64FromDouble(*real);
    } else {
      return TypeError(n, scalar->tag, go_type);
    }
    return true;
  });
}

bool Decoder::Float(const yaml::Node& node, double& out) {
  return Visit(node, [&](const yaml::Node& n) {
    const std::optional<yaml::Scalar> scalar = ResolveFor(n, "float64");
    if (!scalar) return false;
    if (scalar->IsNull()) {
      out = 0;
    } else if (const auto* real = std::get_if<double>(&scalar->value)) {
      out = *real;
    } else if (const auto* integer = std::get_if<std::int64_t>(&scalar->value)) {
      out = static_cast<double>(*integer);
    } else if (const auto* large = std::get_if<std::uint64_t>(&scalar->value)) {
      out = static_cast<double>(*large);
    } else {
      return TypeError(n, scalar->tag, "float64");
    }
    return true;
  });
}

bool Decoder::ByteSize(const yaml::Node& node, std::int64_t& out) {
  return Visit(node, [&](const yaml::Node& n) {
    const std::optional<yaml::Scalar> scalar = ResolveFor(n, "units.Base2Bytes");
    if (!scalar) return false;
    out = 0;
    if (scalar->IsNull()) return true;
    const Result<std::int64_t> size = ParseByteSize(n.value);
    if (!size.ok()) {
      Abort(n, size.error().message);
      return false;
    }
    out = *size;
    return true;
  });
}

bool Decoder::Strings(const yaml::Node& node, std::vector<std::string>& out, std::string_view go_type,
                      std::string_view go_item_type) {
  return List(node, out, go_type, [go_item_type](Decoder& d, const yaml::Node& n, std::string& item) {
    return d.String(n, item, go_item_type);
  });
}

bool Decoder::Any(const yaml::Node& node, std::string& json) {
  json.clear();
  return AppendJson(node, json, 0);
}

void Decoder::AppendJsonKey(const yaml::Node& node, std::string& out, std::size_t depth) {
  const yaml::Node& key = node.kind == yaml::NodeKind::kAlias ? *node.target : node;
  if (key.kind == yaml::NodeKind::kScalar) return AppendJsonString(out, key.value);
  std::string json;
  AppendJson(key, json, depth);
  AppendJsonString(out, json);
}

bool Decoder::AppendJson(const yaml::Node& node, std::string& out, std::size_t depth) {
  // Aliases can nest deeper than the text does.
  constexpr std::size_t kDepthMax = 1000;
  if (depth > kDepthMax) {
    Abort(node, "yaml: document contains excessive aliasing");
    return false;
  }
  return Visit(node, [&](const yaml::Node& n) {
    if (n.kind == yaml::NodeKind::kScalar) {
      const std::optional<yaml::Scalar> scalar = ResolveFor(n, "interface {}");
      if (scalar) AppendJsonScalar(out, scalar->value);
      return scalar.has_value();
    }
    const bool is_mapping = n.kind == yaml::NodeKind::kMapping;
    out += is_mapping ? '{' : '[';
    for (std::size_t i = 0; i < n.children.size() && !aborted(); ++i) {
      if (i > 0) out += is_mapping && i % 2 == 1 ? ':' : ',';
      const yaml::Node& child = *n.children[i];
      if (is_mapping && i % 2 == 0) {
        AppendJsonKey(child, out, depth + 1);
      } else {
        AppendJson(child, out, depth + 1);
      }
    }
    out += is_mapping ? '}' : ']';
    return !aborted();
  });
}

Status Decoder::Finish(ConfigErrors* details) {
  if (!failure_ && errors_.empty()) return {};
  if (failure_) {
    Error error{failure_->message};
    if (details != nullptr) details->push_back(*std::move(failure_));
    return error;
  }
  std::string text = "yaml: unmarshal errors:";
  for (const ConfigError& error : errors_) text += "\n  line " + std::to_string(error.line) + ": " + error.message;
  if (details != nullptr) std::move(errors_.begin(), errors_.end(), std::back_inserter(*details));
  return Error{std::move(text)};
}

}  // namespace stalemark
