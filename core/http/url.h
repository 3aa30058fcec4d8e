// SPDX-License-Identifier: Apache-2.0
// The URL type lives in core/model/, where the configuration loader can reach it too.
#pragma once

#include "core/model/url.h"
