// SPDX-License-Identifier: Apache-2.0
// For require(): the same classes, loaded when they are first asked for. What makes a run is asynchronous anyway.
'use strict';

const load = () => import('./node.mjs');

exports.Run = {
  create: async (bundle, options) => (await load()).Run.create(bundle, options),
  check: async (bundle, options) => (await load()).Run.check(bundle, options),
};
exports.compile = async (source) => (await load()).compile(source);
