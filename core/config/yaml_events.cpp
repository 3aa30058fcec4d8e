// SPDX-License-Identifier: Apache-2.0
#include "core/config/yaml_events.h"

#include <algorithm>
#include <utility>

namespace stalemark::yaml {
namespace {

Event MakeEvent(EventKind kind, const Mark& place) {
  Event event;
  event.kind = kind;
  event.place = place;
  return event;
}

}  // namespace

Event EventReader::Next() {
  Event event = Dispatch();
  return failure() ? FailedEvent() : event;
}

void EventReader::Fail(std::string_view problem, const Mark& place, std::string_view context,
                       const Mark& context_place) {
  Failure failure;
  failure.layer = Failure::Layer::kParser;
  failure.problem = problem;
  failure.place = place;
  failure.context = context;
  failure.context_place = context_place;
  scanner_.reader().Fail(std::move(failure));
}

bool EventReader::PeekIs(std::initializer_list<TokenKind> kinds) {
  return std::find(kinds.begin(), kinds.end(), PeekKind()) != kinds.end();
}

Mark EventReader::Drop() {
  const Mark end = scanner_.Peek().end;
  scanner_.Drop();
  return end;
}

void EventReader::Pop() {
  state_ = states_.back();
  states_.pop_back();
}

void EventReader::PopCollection() {
  Pop();
  starts_.pop_back();
}

Event EventReader::Dispatch() {
  switch (state_) {
    case State::kImplicitDocumentStart:
    case State::kDocumentStart:
      return DocumentStart();
    case State::kDocumentContent:
      return DocumentContent();
    case State::kDocumentEnd:
      return DocumentEnd();
    case State::kBlockNode:
      return Node(NodePlace::kBlock);
    case State::kBlockSequenceFirstEntry:
    case State::kBlockSequenceEntry:
      return BlockSequenceEntry();
    case State::kIndentlessSequenceEntry:
      return IndentlessSequenceEntry();
    case State::kBlockMappingFirstKey:
    case State::kBlockMappingKey:
      return BlockMappingKey();
    case State::kBlockMappingValue:
      return BlockMappingValue();
    case State::kFlowSequenceFirstEntry:
    case State::kFlowSequenceEntry:
      return FlowSequenceEntry();
    case State::kFlowSequenceEntryMappingKey:
      return FlowSequenceEntryMappingKey();
    case State::kFlowSequenceEntryMappingValue:
      return FlowSequenceEntryMappingValue();
    case State::kFlowSequenceEntryMappingEnd:
      state_ = State::kFlowSequenceEntry;
      return MakeEvent(EventKind::kCollectionEnd, scanner_.Peek().start);
    case State::kFlowMappingFirstKey:
    case State::kFlowMappingKey:
      return FlowMappingKey();
    case State::kFlowMappingValue:
    case State::kFlowMappingEmptyValue:
      return FlowMappingValue();
    case State::kEnd:
      break;
  }
  return {};
}

// ---- documents ----

Event EventReader::DocumentStart() {
  const bool implicit = state_ == State::kImplicitDocumentStart;
  while (!implicit && PeekIs({TokenKind::kDocumentEnd})) Drop();
  const Mark place = scanner_.Peek().start;
  if (PeekIs({TokenKind::kStreamEnd})) {
    state_ = State::kEnd;
    return MakeEvent(EventKind::kStreamEnd, place);
  }
  const bool has_marker =
      PeekIs({TokenKind::kVersionDirective, TokenKind::kTagDirective, TokenKind::kDocumentStart}) || !implicit;
  ReadDirectives();
  if (has_marker && !PeekIs({TokenKind::kDocumentStart})) {
    Fail("did not find expected <document start>", scanner_.Peek().start);
    return FailedEvent();
  }
  if (has_marker) Drop();
  Push(State::kDocumentEnd);
  state_ = has_marker ? State::kDocumentContent : State::kBlockNode;
  return MakeEvent(EventKind::kDocumentStart, place);
}

void EventReader::ReadDirectives() {
  bool has_version = false;
  for (; PeekIs({TokenKind::kVersionDirective, TokenKind::kTagDirective}); Drop()) {
    const Token& token = scanner_.Peek();
    if (token.kind == TokenKind::kTagDirective) {
      const bool is_new = tag_prefixes_.emplace(token.value, token.suffix).second;
      if (!is_new) return Fail("found duplicate %TAG directive", token.start);
      continue;
    }
    if (has_version) return Fail("found duplicate %YAML directive", token.start);
    if (token.suffix != "1.1") return Fail("found incompatible YAML document", token.start);
    has_version = true;
  }
  tag_prefixes_.emplace("!", "!");
  tag_prefixes_.emplace("!!", "tag:yaml.org,2002:");
}

Event EventReader::DocumentContent() {
  if (PeekIs({TokenKind::kVersionDirective, TokenKind::kTagDirective, TokenKind::kDocumentStart,
              TokenKind::kDocumentEnd, TokenKind::kStreamEnd})) {
    Pop();
    return Empty(state_, scanner_.Peek().start);
  }
  return Node(NodePlace::kBlock);
}

Event EventReader::DocumentEnd() {
  const Mark place = scanner_.Peek().start;
  if (PeekIs({TokenKind::kDocumentEnd})) Drop();
  tag_prefixes_.clear();
  state_ = State::kDocumentStart;
  return MakeEvent(EventKind::kDocumentEnd, place);
}

// ---- nodes ----

Event EventReader::Empty(State next, const Mark& place) {
  state_ = next;
  Event event = MakeEvent(EventKind::kScalar, place);
  event.plain = true;
  return event;
}

std::string EventReader::ResolveTag(const Token& tag, const Mark& node) {
  if (tag.value.empty()) return tag.suffix;
  const auto prefix = tag_prefixes_.find(tag.value);
  std::string resolved = prefix == tag_prefixes_.end() ? std::string() : prefix->second + tag.suffix;
  if (resolved.empty()) Fail("found undefined tag handle", tag.start, "while parsing a node", node);
  return resolved;
}

void EventReader::ReadProperties(Event& event) {
  std::optional<Token> tag;
  bool has_anchor = false;
  for (int i = 0; i < 2; ++i) {
    if (!has_anchor && PeekIs({TokenKind::kAnchor})) {
      has_anchor = true;
      event.anchor = scanner_.Peek().value;
    } else if (!tag && PeekIs({TokenKind::kTag})) {
      tag = scanner_.Peek();
    } else {
      break;
    }
    Drop();
  }
  // Upstream reads the token behind them first: its complaint comes before that of the tag.
  scanner_.Peek();
  if (tag) event.tag = ResolveTag(*tag, event.place);
}

Event EventReader::Node(NodePlace place) {
  Event event = MakeEvent(EventKind::kScalar, scanner_.Peek().start);
  if (PeekIs({TokenKind::kAlias})) {
    Pop();
    event.kind = EventKind::kAlias;
    event.anchor = scanner_.Peek().value;
    Drop();
    return event;
  }
  ReadProperties(event);
  return Content(place, std::move(event));
}

Event EventReader::Content(NodePlace place, Event event) {
  const bool in_block = place != NodePlace::kFlow;
  const auto open = [&](EventKind kind, State state) {
    state_ = state;
    event.kind = kind;
    return std::move(event);
  };
  const Token& token = scanner_.Peek();
  switch (token.kind) {
    case TokenKind::kBlockEntry:
      if (place != NodePlace::kBlockOrIndentless) break;
      return open(EventKind::kSequenceStart, State::kIndentlessSequenceEntry);
    case TokenKind::kScalar:
      Pop();
      event.value = token.value;
      event.plain = (event.tag.empty() && token.plain) || event.tag == "!";
      Drop();
      return event;
    case TokenKind::kFlowSequenceStart:
      return open(EventKind::kSequenceStart, State::kFlowSequenceFirstEntry);
    case TokenKind::kFlowMappingStart:
      return open(EventKind::kMappingStart, State::kFlowMappingFirstKey);
    case TokenKind::kBlockSequenceStart:
      if (!in_block) break;
      return open(EventKind::kSequenceStart, State::kBlockSequenceFirstEntry);
    case TokenKind::kBlockMappingStart:
      if (!in_block) break;
      return open(EventKind::kMappingStart, State::kBlockMappingFirstKey);
    default:
      break;
  }
  if (!event.anchor.empty() || !event.tag.empty()) {
    // Nothing but an anchor or a tag.
    Pop();
    event.plain = event.tag.empty();
    return event;
  }
  Fail("did not find expected node content", token.start,
       in_block ? "while parsing a block node" : "while parsing a flow node", event.place);
  return FailedEvent();
}

Event EventReader::EndCollection() {
  Event event = MakeEvent(EventKind::kCollectionEnd, scanner_.Peek().start);
  PopCollection();
  Drop();
  return event;
}

// ---- blocks ----

Event EventReader::BlockSequenceEntry() {
  if (state_ == State::kBlockSequenceFirstEntry) {
    starts_.push_back(scanner_.Peek().start);
    Drop();
  }
  if (PeekIs({TokenKind::kBlockEntry})) {
    const Mark end = Drop();
    if (PeekIs({TokenKind::kBlockEntry, TokenKind::kBlockEnd})) return Empty(State::kBlockSequenceEntry, end);
    Push(State::kBlockSequenceEntry);
    return Node(NodePlace::kBlock);
  }
  if (PeekIs({TokenKind::kBlockEnd})) return EndCollection();
  Fail("did not find expected '-' indicator", scanner_.Peek().start, "while parsing a block collection",
       starts_.back());
  return FailedEvent();
}

Event EventReader::IndentlessSequenceEntry() {
  if (!PeekIs({TokenKind::kBlockEntry})) {
    Pop();
    return MakeEvent(EventKind::kCollectionEnd, scanner_.Peek().start);
  }
  const Mark end = Drop();
  if (PeekIs({TokenKind::kBlockEntry, TokenKind::kKey, TokenKind::kValue, TokenKind::kBlockEnd})) {
    return Empty(State::kIndentlessSequenceEntry, end);
  }
  Push(State::kIndentlessSequenceEntry);
  return Node(NodePlace::kBlock);
}

Event EventReader::BlockMappingKey() {
  if (state_ == State::kBlockMappingFirstKey) {
    starts_.push_back(scanner_.Peek().start);
    Drop();
  }
  if (PeekIs({TokenKind::kKey})) {
    const Mark end = Drop();
    if (PeekIs({TokenKind::kKey, TokenKind::kValue, TokenKind::kBlockEnd})) {
      return Empty(State::kBlockMappingValue, end);
    }
    Push(State::kBlockMappingValue);
    return Node(NodePlace::kBlockOrIndentless);
  }
  if (PeekIs({TokenKind::kBlockEnd})) return EndCollection();
  Fail("did not find expected key", scanner_.Peek().start, "while parsing a block mapping", starts_.back());
  return FailedEvent();
}

Event EventReader::BlockMappingValue() {
  if (!PeekIs({TokenKind::kValue})) return Empty(State::kBlockMappingKey, scanner_.Peek().start);
  const Mark end = Drop();
  if (PeekIs({TokenKind::kKey, TokenKind::kValue, TokenKind::kBlockEnd})) return Empty(State::kBlockMappingKey, end);
  Push(State::kBlockMappingKey);
  return Node(NodePlace::kBlockOrIndentless);
}

// ---- flow collections ----

bool EventReader::EnterEntry(State first, std::string_view context, std::string_view problem, TokenKind end) {
  if (state_ == first) {
    starts_.push_back(scanner_.Peek().start);
    Drop();
    return true;
  }
  if (PeekIs({end})) return true;
  if (PeekIs({TokenKind::kFlowEntry})) {
    Drop();
    return true;
  }
  Fail(problem, scanner_.Peek().start, context, starts_.back());
  return false;
}

Event EventReader::FlowSequenceEntry() {
  if (!EnterEntry(State::kFlowSequenceFirstEntry, "while parsing a flow sequence", "did not find expected ',' or ']'",
                  TokenKind::kFlowSequenceEnd)) {
    return FailedEvent();
  }
  if (PeekIs({TokenKind::kKey})) {
    // A mapping of one pair needs no braces.
    state_ = State::kFlowSequenceEntryMappingKey;
    Event event = MakeEvent(EventKind::kMappingStart, scanner_.Peek().start);
    Drop();
    return event;
  }
  if (PeekIs({TokenKind::kFlowSequenceEnd})) return EndCollection();
  Push(State::kFlowSequenceEntry);
  return Node(NodePlace::kFlow);
}

Event EventReader::FlowSequenceEntryMappingKey() {
  if (PeekIs({TokenKind::kValue, TokenKind::kFlowEntry, TokenKind::kFlowSequenceEnd})) {
    // Upstream drops the token here, too.
    const Mark end = Drop();
    return Empty(State::kFlowSequenceEntryMappingValue, end);
  }
  Push(State::kFlowSequenceEntryMappingValue);
  return Node(NodePlace::kFlow);
}

Event EventReader::FlowSequenceEntryMappingValue() {
  const Mark place = scanner_.Peek().start;
  if (PeekIs({TokenKind::kValue})) {
    Drop();
    if (!PeekIs({TokenKind::kFlowEntry, TokenKind::kFlowSequenceEnd})) {
      Push(State::kFlowSequenceEntryMappingEnd);
      return Node(NodePlace::kFlow);
    }
  }
  return Empty(State::kFlowSequenceEntryMappingEnd, place);
}

Event EventReader::FlowMappingKey() {
  if (!EnterEntry(State::kFlowMappingFirstKey, "while parsing a flow mapping", "did not find expected ',' or '}'",
                  TokenKind::kFlowMappingEnd)) {
    return FailedEvent();
  }
  if (PeekIs({TokenKind::kKey})) {
    Drop();
    if (PeekIs({TokenKind::kValue, TokenKind::kFlowEntry, TokenKind::kFlowMappingEnd})) {
      return Empty(State::kFlowMappingValue, scanner_.Peek().start);
    }
    Push(State::kFlowMappingValue);
    return Node(NodePlace::kFlow);
  }
  if (PeekIs({TokenKind::kFlowMappingEnd})) return EndCollection();
  Push(State::kFlowMappingEmptyValue);
  return Node(NodePlace::kFlow);
}

Event EventReader::FlowMappingValue() {
  if (state_ == State::kFlowMappingValue && PeekIs({TokenKind::kValue})) {
    Drop();
    if (!PeekIs({TokenKind::kFlowEntry, TokenKind::kFlowMappingEnd})) {
      Push(State::kFlowMappingKey);
      return Node(NodePlace::kFlow);
    }
  }
  return Empty(State::kFlowMappingKey, scanner_.Peek().start);
}

}  // namespace stalemark::yaml
