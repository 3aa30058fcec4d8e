// SPDX-License-Identifier: Apache-2.0
// Parser for the syntax of Go 1.26's regexp/syntax with its Perl flags (REL-21), with Go's error texts and limits:
// repeat counts and products of nested counts up to 1000, 1000 levels of nodes, 3.3 million instructions, 33 million
// runes in classes. Mirrors regexp/syntax/parse.go; common prefixes of alternatives are left to RE2 to factor out.
//
// Time is linear in the pattern but for classes, whose Unicode tables are looked up once per pattern and name.
#pragma once

#include <string_view>

#include "core/model/result.h"
#include "core/relabel/regex_tree.h"

namespace stalemark {

/// Fails with Go's text: ``error parsing regexp: missing closing ): `a(` ``.
Result<RegexTree> ParseGoRegex(std::string_view pattern);

}  // namespace stalemark
