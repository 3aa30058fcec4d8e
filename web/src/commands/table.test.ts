// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { commandOfKey, findCommands, kCommands, keyOf, keyText } from './table';

const press = (key: string, held: Partial<KeyboardEvent> = {}) => keyOf({ key, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...held });

describe('the table of actions', () => {
  it('has each id and each key once', () => {
    const ids = kCommands.map(({ id }) => id);
    const keys = kCommands.flatMap((command): readonly string[] => command.keys);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(keys).size).toBe(keys.length);
  });

  const presses = [
    { name: 'a letter', key: press('w'), command: 'zoom-in' },
    { name: 'a letter under caps lock', key: press('W'), command: 'zoom-in' },
    { name: 'a letter with Shift', key: press('M', { shiftKey: true }), command: 'go-to-mark' },
    { name: 'a character that needs Shift', key: press('?', { shiftKey: true }), command: 'help' },
    { name: 'a bracket that needs AltGr', key: press(']'), command: 'next-fault' },
    { name: 'an arrow with Shift', key: press('ArrowRight', { shiftKey: true }), command: 'next-scrape' },
    { name: 'an arrow alone', key: press('ArrowRight'), command: null },
    { name: 'the command key of a Mac', key: press('k', { metaKey: true }), command: 'palette' },
    { name: 'what the browser does itself', key: press('f', { ctrlKey: true }), command: null },
  ];
  for (const { name, key, command } of presses) it(`knows ${name}`, () => expect(commandOfKey(key)).toBe(command));

  it('writes keys as they stand on a keyboard', () => {
    expect(['Shift+ArrowLeft', ' ', 'w', '+', 'Control+k', 'Home'].map(keyText)).toEqual(['⇧ ←', 'space', 'W', '+', 'Ctrl K', 'Home']);
  });

  it('is found by words in any order', () => {
    expect(findCommands('target next').map(({ id }) => id)).toEqual(['next-event-in-lane', 'next-scrape-in-lane']);
    expect(findCommands('edit')[0].id).toBe('edit');
    expect(findCommands('')).toHaveLength(kCommands.length);
    expect(findCommands('nothing of the kind')).toEqual([]);
  });
});
