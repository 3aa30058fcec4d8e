// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/inline_yaml.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "core/config/yaml_scalar.h"

namespace stalemark::scenario {
namespace {

constexpr std::size_t kWrittenBytesMax = std::size_t{16} << 20;
/// Deeper nesting than a parsed text has comes from an alias that contains itself.
constexpr int kDepthMax = 1000;

class Writer {
 public:
  bool Write(const yaml::Node& node, int depth) {
    if (depth > kDepthMax || out_.size() > kWrittenBytesMax) return false;
    if (node.kind == yaml::NodeKind::kAlias) return Write(*node.target, depth + 1);
    MoveTo(node);
    if (!node.tag.empty()) out_ += "!<" + node.tag + "> ";
    switch (node.kind) {
      case yaml::NodeKind::kMapping:
        return WriteCollection(node, "{}", depth);
      case yaml::NodeKind::kSequence:
        return WriteCollection(node, "[]", depth);
      case yaml::NodeKind::kScalar:
      case yaml::NodeKind::kAlias:
        break;
    }
    WriteScalar(node);
    return true;
  }

  std::string Take() { return std::move(out_); }

 private:
  void MoveTo(const yaml::Node& node) {
    for (; line_ < node.line; ++line_) {
      out_.push_back('\n');
      line_start_ = out_.size();
    }
    // What an alias stands for has a line above, and stays where the alias is.
    if (line_ > node.line) return;
    // A block mapping begins where its first key does; its bracket goes in front.
    const bool block = node.kind == yaml::NodeKind::kMapping && !node.children.empty() &&
                       node.children[0]->line == node.line && node.children[0]->column == node.column;
    const std::size_t column = node.column - (block && node.column > 1 ? 1 : 0);
    while (out_.size() - line_start_ + 1 < column) out_.push_back(' ');
  }

  bool WriteCollection(const yaml::Node& node, std::string_view brackets, int depth) {
    const bool mapping = node.kind == yaml::NodeKind::kMapping;
    out_.push_back(brackets[0]);
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      if (i > 0) out_ += mapping && i % 2 == 1 ? ": " : ", ";
      if (mapping && i % 2 == 0 && node.children[i]->kind != yaml::NodeKind::kScalar) out_ += "? ";
      if (!Write(*node.children[i], depth + 1)) return false;
    }
    out_.push_back(brackets[1]);
    return true;
  }

  /// Plain scalars that mean a text are quoted like the others: some could not stand between brackets.
  void WriteScalar(const yaml::Node& node) {
    const bool stays_plain = node.plain && !MeansText(node);
    if (!stays_plain) out_.push_back('"');
    for (const char c : node.value) {
      const auto byte = static_cast<unsigned char>(c);
      if (stays_plain || (byte >= 0x20 && c != '"' && c != '\\' && byte != 0x7F)) {
        out_.push_back(c);
      } else {
        out_ += fmt::format("\\x{:02x}", byte);
      }
    }
    if (!stays_plain) out_.push_back('"');
  }

  static bool MeansText(const yaml::Node& node) {
    if (node.IsMergeKey()) return false;
    const Result<yaml::Scalar> scalar = yaml::Resolve(node);
    return scalar.ok() && std::holds_alternative<std::string>(scalar->value);
  }

  std::string out_;
  std::uint32_t line_ = 1;
  std::size_t line_start_ = 0;
};

}  // namespace

Result<std::string> InlineYaml(const yaml::Node& node) {
  Writer writer;
  if (writer.Write(node, 0)) return writer.Take();
  return Error{"nested too deeply or too long, counting what aliases repeat"};
}

}  // namespace stalemark::scenario
