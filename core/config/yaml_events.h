// SPDX-License-Identifier: Apache-2.0
// The upper layer of the YAML reader: the events of one document, in the order of the text. Mirrors parserc.go of
// go.yaml.in/yaml/v2: the grammar is a machine of states, so that nesting costs no call stack.
//
// An EventReader views the text, which must outlive it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/yaml_scanner.h"

namespace stalemark::yaml {

enum class EventKind : std::uint8_t {
  kStreamEnd,
  kDocumentStart,
  kDocumentEnd,
  kScalar,
  kAlias,
  kSequenceStart,
  kMappingStart,
  /// Of a sequence or a mapping.
  kCollectionEnd,
};

struct Event {
  EventKind kind = EventKind::kStreamEnd;
  Mark place;
  /// Of a scalar or collection, or the name in an alias; empty: none.
  std::string anchor;
  /// Long form, or empty.
  std::string tag;
  std::string value;
  /// A scalar whose meaning depends on its text: no quotes, no tag.
  bool plain = false;
};

class EventReader {
 public:
  explicit EventReader(std::string_view text) : scanner_(text) {}

  /// The next event. After a failure, which failure() has: kStreamEnd.
  Event Next();
  const std::optional<Failure>& failure() const { return scanner_.reader().failure(); }
  /// Refuses the text for a reason found above the grammar; Next then fails.
  void Refuse(Failure failure) { scanner_.reader().Fail(std::move(failure)); }

 private:
  enum class State : std::uint8_t {
    kImplicitDocumentStart,
    kDocumentStart,
    kDocumentContent,
    kDocumentEnd,
    kBlockSequenceFirstEntry,
    kBlockSequenceEntry,
    kIndentlessSequenceEntry,
    kBlockMappingFirstKey,
    kBlockMappingKey,
    kBlockMappingValue,
    kBlockNode,
    kFlowSequenceFirstEntry,
    kFlowSequenceEntry,
    kFlowSequenceEntryMappingKey,
    kFlowSequenceEntryMappingValue,
    kFlowSequenceEntryMappingEnd,
    kFlowMappingFirstKey,
    kFlowMappingKey,
    kFlowMappingValue,
    kFlowMappingEmptyValue,
    kEnd,
  };
  /// What may stand where a node is expected.
  enum class NodePlace : std::uint8_t { kFlow, kBlock, kBlockOrIndentless };

  TokenKind PeekKind() { return scanner_.Peek().kind; }
  void Fail(std::string_view problem, const Mark& place, std::string_view context = "", const Mark& context_place = {});
  bool PeekIs(std::initializer_list<TokenKind> kinds);
  /// Drops the token and tells where it ended.
  Mark Drop();
  void Push(State state) { states_.push_back(state); }
  void Pop();
  void PopCollection();

  Event Dispatch();
  Event DocumentStart();
  Event DocumentContent();
  Event DocumentEnd();
  void ReadDirectives();
  Event Node(NodePlace place);
  void ReadProperties(Event& event);
  Event Content(NodePlace place, Event event);
  std::string ResolveTag(const Token& tag, const Mark& node);
  Event Empty(State next, const Mark& place);
  Event BlockSequenceEntry();
  Event IndentlessSequenceEntry();
  Event BlockMappingKey();
  Event BlockMappingValue();
  Event FlowSequenceEntry();
  Event FlowSequenceEntryMappingKey();
  Event FlowSequenceEntryMappingValue();
  Event FlowMappingKey();
  Event FlowMappingValue();
  /// Reads the start of a collection, or the `,` in front of an entry. False: neither, which is noted.
  bool EnterEntry(State first, std::string_view context, std::string_view problem, TokenKind end);
  Event EndCollection();
  Event FailedEvent() { return {}; }

  Scanner scanner_;
  State state_ = State::kImplicitDocumentStart;
  /// What follows the open nodes.
  std::vector<State> states_;
  /// Where the open collections started.
  std::vector<Mark> starts_;
  std::map<std::string, std::string> tag_prefixes_;
};

}  // namespace stalemark::yaml
