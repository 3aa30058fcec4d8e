// SPDX-License-Identifier: Apache-2.0
// CodeMirror with what a scenario's files need: YAML, problems at their lines, completion by the schema. Loaded with the editor.
import { autocompletion, completionKeymap, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState, Text } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import schema from '../../../docs/formats/scenario.schema.json';
import type { Problem } from '../engine/types';
import { SchemaGuide, type Schema } from './schema';
import { placeAt } from './yaml-place';

const kColours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--info)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.keyword], color: 'var(--stale)' },
  { tag: tags.comment, color: 'var(--faint)' },
  { tag: tags.content, color: 'var(--text)' },
]);

const kTheme = EditorView.theme({
  '&': { height: '100%', fontSize: '12px', color: 'var(--text)', backgroundColor: 'var(--bg)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '19px' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--faint)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--raise) 55%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb, var(--accent) 30%, transparent)' },
  '.cm-tooltip': { backgroundColor: 'var(--raise)', border: '1px solid var(--line)', borderRadius: '6px', color: 'var(--text)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--bg)' },
  '.cm-completionInfo': { maxWidth: '320px', padding: '6px 10px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--bad)' },
});

export interface CodeEditor {
  show(file: string, text: string): void;
  /** Those of the file that is shown. */
  problems(problems: readonly Problem[]): void;
  goTo(line: number): void;
  destroy(): void;
}

/** `onchange` is called with every change that somebody makes. */
export function createEditor(parent: HTMLElement, onchange: (text: string) => void): CodeEditor {
  const guide = new SchemaGuide(schema as unknown as Schema);
  const about = new Compartment();
  const isScenario = (state: EditorState): boolean => /^prometheus:/m.test(state.doc.toString());
  const complete = (context: CompletionContext): CompletionResult | null => (isScenario(context.state) ? completions(guide, context) : null);
  let quiet = false;
  const extensions = [
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    highlightActiveLine(),
    syntaxHighlighting(kColours),
    autocompletion({ override: [complete], icons: false }),
    keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged && !quiet) onchange(update.state.doc.toString());
    }),
    kTheme,
    about.of([]),
  ];
  const view = new EditorView({ parent, state: EditorState.create({ extensions }) });
  return {
    show(file, text) {
      quiet = true;
      const language = /\.(ya?ml|json)$/.test(file) ? yaml() : [];
      view.setState(EditorState.create({ doc: Text.of(text.split('\n')), extensions }));
      view.dispatch({ effects: about.reconfigure([language, EditorView.contentAttributes.of({ 'aria-label': `Text of ${file}`, tabindex: '0' })]) });
      quiet = false;
    },
    problems(problems) {
      view.dispatch(setDiagnostics(view.state, problems.map((problem) => diagnostic(view.state, problem))));
    },
    goTo(line) {
      const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      view.dispatch({ selection: { anchor: at.from }, effects: EditorView.scrollIntoView(at.from, { y: 'center' }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}

function diagnostic(state: EditorState, { line, column, message }: Problem): Diagnostic {
  const at = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  const from = Math.min(at.from + Math.max(column - 1, 0), at.to);
  const word = /^[^\s:,{}[\]]+/.exec(state.doc.sliceString(from, at.to))?.[0] ?? '';
  return { from, to: Math.max(from + word.length, Math.min(from + 1, at.to)), severity: 'error', message };
}

function completions(guide: SchemaGuide, context: CompletionContext): CompletionResult | null {
  const place = placeAt(context.state.doc.toString(), context.pos);
  if (!context.explicit && place.from === context.pos && !place.value) return null;
  const choices = place.value ? guide.values(place.path) : guide.keys(place.path).filter(({ text }) => !place.present.includes(text));
  const options = choices.map(({ text, about }) => ({ label: text, info: about || undefined, apply: place.value ? text : `${text}: `, type: 'property' }));
  return options.length > 0 ? { from: place.from, options, validFor: /^[\w.-]*$/ } : null;
}
