// SPDX-License-Identifier: Apache-2.0
#include "cli/environment.h"

#include <unistd.h>

namespace stalemark::cli {

std::map<std::string, std::string> Environment() {
  std::map<std::string, std::string> variables;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string text = *variable;
    const std::size_t mark = text.find('=');
    if (mark != std::string::npos) variables.emplace(text.substr(0, mark), text.substr(mark + 1));
  }
  return variables;
}

}  // namespace stalemark::cli
