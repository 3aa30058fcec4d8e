// SPDX-License-Identifier: Apache-2.0
// Every action of the page by its name: buttons, keyboard, palette and help sheet read this one table. Keys are Perfetto's where
// it has them. A key is written as `key` of a keyboard event (letters small), with Alt+, Control+, Shift+ in front; for characters that
// need Shift on some keyboard (`?`, `{`) Shift is not written. Control also stands for the command key.
export interface Command {
  id: string;
  name: string;
  group: 'Time' | 'Timeline' | 'What if' | 'Page';
  keys: readonly string[];
}

export const kCommands = [
  { id: 'play', name: 'Play or pause', group: 'Time', keys: [' '] },
  { id: 'faster', name: 'Play faster', group: 'Time', keys: ['+'] },
  { id: 'slower', name: 'Play slower', group: 'Time', keys: ['-'] },
  { id: 'next-event', name: 'Next event', group: 'Time', keys: ['.'] },
  { id: 'previous-event', name: 'Previous event', group: 'Time', keys: [','] },
  { id: 'next-scrape', name: 'Next scrape', group: 'Time', keys: ['Shift+ArrowRight'] },
  { id: 'previous-scrape', name: 'Previous scrape', group: 'Time', keys: ['Shift+ArrowLeft'] },
  { id: 'next-fault', name: 'Next fault or failed scrape', group: 'Time', keys: [']'] },
  { id: 'previous-fault', name: 'Previous fault or failed scrape', group: 'Time', keys: ['['] },
  { id: 'next-failure', name: 'Next failed expectation', group: 'Time', keys: ['}'] },
  { id: 'previous-failure', name: 'Previous failed expectation', group: 'Time', keys: ['{'] },
  { id: 'next-marker', name: 'Next stale marker', group: 'Time', keys: [] },
  { id: 'previous-marker', name: 'Previous stale marker', group: 'Time', keys: [] },
  { id: 'next-event-in-lane', name: 'Next event of the selected target', group: 'Time', keys: ['Alt+.'] },
  { id: 'previous-event-in-lane', name: 'Previous event of the selected target', group: 'Time', keys: ['Alt+,'] },
  { id: 'next-scrape-in-lane', name: 'Next scrape of the selected target', group: 'Time', keys: ['Alt+Shift+ArrowRight'] },
  { id: 'previous-scrape-in-lane', name: 'Previous scrape of the selected target', group: 'Time', keys: ['Alt+Shift+ArrowLeft'] },
  { id: 'start', name: 'Go to the start', group: 'Time', keys: ['Home'] },
  { id: 'end', name: 'Go to the end', group: 'Time', keys: ['End'] },
  { id: 'zoom-in', name: 'Zoom in', group: 'Timeline', keys: ['w'] },
  { id: 'zoom-out', name: 'Zoom out', group: 'Timeline', keys: ['s'] },
  { id: 'pan-left', name: 'Move left', group: 'Timeline', keys: ['a'] },
  { id: 'pan-right', name: 'Move right', group: 'Timeline', keys: ['d'] },
  { id: 'focus', name: 'Show what is selected, then the whole run', group: 'Timeline', keys: ['f'] },
  { id: 'mark', name: 'Mark this moment, or take the mark away', group: 'Timeline', keys: ['m'] },
  { id: 'go-to-mark', name: 'Go to the next mark', group: 'Timeline', keys: ['Shift+m'] },
  { id: 'edit', name: 'Edit the scenario', group: 'What if', keys: ['e'] },
  { id: 'inject', name: 'Inject a fault at the cursor', group: 'What if', keys: ['i'] },
  { id: 'compare', name: 'Compare two branches', group: 'What if', keys: ['c'] },
  { id: 'search', name: 'Search for a series', group: 'Page', keys: ['/'] },
  { id: 'gallery', name: 'Open the gallery', group: 'Page', keys: ['g'] },
  { id: 'bring', name: 'Open files of your own', group: 'Page', keys: ['o'] },
  { id: 'share', name: 'Copy a link to this view', group: 'Page', keys: ['l'] },
  { id: 'tour', name: 'Take the tour', group: 'Page', keys: [] },
  { id: 'theme', name: 'Dark or light', group: 'Page', keys: ['t'] },
  { id: 'palette', name: 'Find an action', group: 'Page', keys: ['Control+k', 'Control+Shift+p'] },
  { id: 'help', name: 'Keyboard shortcuts', group: 'Page', keys: ['?'] },
] as const satisfies readonly Command[];

export type CommandId = (typeof kCommands)[number]['id'];

/** The modifiers and key of an event, written as in the table. */
export function keyOf(event: Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>): string {
  const letter = event.key.length === 1;
  const key = letter ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && (!letter || /[a-z]/.test(key));
  return `${event.altKey ? 'Alt+' : ''}${event.ctrlKey || event.metaKey ? 'Control+' : ''}${shift ? 'Shift+' : ''}${key}`;
}

/** null: no action has this key. */
export function commandOfKey(key: string): CommandId | null {
  return kCommands.find((command) => (command.keys as readonly string[]).includes(key))?.id ?? null;
}

export function commandOf(id: CommandId): Command {
  return kCommands.find((command) => command.id === id) as Command;
}

const kKeyNames: Record<string, string> = { ' ': 'space', ArrowLeft: '←', ArrowRight: '→', Shift: '⇧', Control: 'Ctrl' };

/** As it stands on a key cap: `Shift+ArrowLeft` is ⇧ ←. */
export function keyText(key: string): string {
  const parts = key.length > 1 ? key.split('+') : [key];
  return parts.map((part) => kKeyNames[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(' ');
}

/** Actions whose name has all words, in any order; those that begin with the text first. */
export function findCommands(text: string): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = kCommands.filter((command) => words.every((word) => `${command.name} ${command.group}`.toLowerCase().includes(word)));
  const starts = (command: Command): number => (command.name.toLowerCase().startsWith(text.toLowerCase().trim()) ? 0 : 1);
  return [...found].sort((a, b) => starts(a) - starts(b));
}
