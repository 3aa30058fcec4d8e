// SPDX-License-Identifier: Apache-2.0
// Runs the actions of the table. Whoever owns an action says with `on` what it does; an action without an owner does nothing.
import { commandOfKey, keyOf, type CommandId } from './table';

type Handler = () => void;

class Commands {
  private readonly handlers = new Map<CommandId, Handler>();

  /** Returns what takes the handlers away again, as an effect wants it. */
  on(handlers: Partial<Record<CommandId, Handler>>): () => void {
    const entries = Object.entries(handlers) as [CommandId, Handler][];
    for (const [id, handler] of entries) this.handlers.set(id, handler);
    return () => {
      for (const [id, handler] of entries) if (this.handlers.get(id) === handler) this.handlers.delete(id);
    };
  }

  run(id: CommandId): void {
    this.handlers.get(id)?.();
  }

  /** For the window's keydown. Fields keep their keys, an open dialog keeps all but those with Control. */
  onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const key = keyOf(event);
    const id = commandOfKey(key);
    if (id === null) return;
    const target = event.target instanceof Element ? event.target : null;
    if (!key.startsWith('Control+') && (isField(target) || document.querySelector('dialog[open]'))) return;
    // Space and Enter press the focused button.
    if (key === ' ' && target?.closest('button, a, summary, [role=tab], [role=option], [role=row]')) return;
    event.preventDefault();
    this.run(id);
  }
}

function isField(target: Element | null): boolean {
  return target !== null && target.closest('input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable=true], .cm-editor') !== null;
}

export const commands = new Commands();
