// SPDX-License-Identifier: Apache-2.0
// A module whose functions stand in another order does what it did; one that is not understood is left alone.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const tool = fileURLToPath(new URL('../../wasm/order-functions.mjs', import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'order-functions-'));
test.after(() => fs.rmSync(folder, { recursive: true }));

/// A function that shares its bytes with every third one, so that the order is surely another one.
const functionText = (i) => `
  (func $f${i} (param i32) (result i32)
    ${'(local.set 0 (i32.mul (local.get 0) (i32.const 1000003)))\n'.repeat(1 + (i % 3))}
    ${'(local.set 0 (i32.xor (local.get 0) (i32.const 77)))\n'.repeat(3 - (i % 3))}
    (i32.add (local.get 0) (i32.const ${i})))`;
const kFunctions = 300;

/// Names functions in all the ways there are: calls, tail calls, a table, exports, a start function, after an import.
const moduleText = `(module
  (import "env" "seen" (func $seen (param i32)))
  (type $one (func (param i32) (result i32)))
  (memory 1)
  (global $started (mut i32) (i32.const 0))
  (table ${kFunctions} funcref)
  (elem (i32.const 0) ${Array.from({ length: kFunctions }, (_, i) => `$f${i}`).join(' ')})
  ${Array.from({ length: kFunctions }, (_, i) => functionText(i)).join('')}
  (func $start (global.set $started (i32.const 5)))
  (start $start)
  (func (export "through_table") (param i32 i32) (result i32)
    (call $seen (local.get 0))
    (call_indirect (type $one) (local.get 1) (local.get 0)))
  (func (export "direct") (param i32) (result i32)
    (i32.add (i32.add (call $f0 (local.get 0)) (call $f${kFunctions - 1} (local.get 0))) (global.get $started)))
  (func (export "tail") (param i32) (result i32) (return_call $f200 (local.get 0)))
  (func (export "branches") (param i32) (result f64)
    (block $a (block $b (block $c (br_table $a $b $c (local.get 0))) (return (f64.const 1.5))) (return (f64.const 2.5)))
    (f64.const 3.5))
  (func (export "wide") (param i32) (result i32)
    (v128.store (i32.const 16) (i32x4.splat (local.get 0)))
    (memory.copy (i32.const 64) (i32.const 16) (i32.const 16))
    (i32x4.extract_lane 3 (v128.load (i32.const 64)))))`;

function assemble(name, text) {
  const source = path.join(folder, `${name}.wat`);
  const module = path.join(folder, `${name}.wasm`);
  fs.writeFileSync(source, text);
  execFileSync('wasm-as', ['--all-features', source, '-o', module]);
  return module;
}

const reorder = (module) => execFileSync(process.execPath, [tool, module], { encoding: 'utf8' });

async function answers(bytes) {
  const seen = [];
  const { instance } = await WebAssembly.instantiate(bytes, { env: { seen: (value) => seen.push(value) } });
  const { through_table: table, direct, tail, branches, wide } = instance.exports;
  return {
    table: Array.from({ length: kFunctions }, (_, i) => table(i, 12345 + i)),
    rest: [direct(9), tail(10), branches(0), branches(1), branches(2), wide(-3)],
    seen,
  };
}

test('functions change their places, and the module does what it did', async () => {
  const module = assemble('all', moduleText);
  const before = fs.readFileSync(module);
  assert.equal(reorder(module), '');
  const after = fs.readFileSync(module);
  assert.notDeepEqual(after, before);
  assert.deepEqual(await answers(after), await answers(before));
  const again = path.join(folder, 'again.wasm');
  fs.writeFileSync(again, before);
  reorder(again);
  assert.deepEqual(fs.readFileSync(again), after);
});

test('a module with an instruction that is not known stays as it is', () => {
  const module = assemble('atomic', '(module (memory (shared 1 1)) (func (drop (i32.atomic.load (i32.const 0)))))');
  const before = fs.readFileSync(module);
  assert.match(reorder(module), /stays as it is: opcode 0xfe/);
  assert.deepEqual(fs.readFileSync(module), before);
});
