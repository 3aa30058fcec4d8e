// SPDX-License-Identifier: Apache-2.0
// What the actions do that open something above the page. Those of time and timeline are the session's.
import type { CommandId } from '../commands/table';
import { marks } from '../session/marks.svelte';
import type { Session } from '../session/session.svelte';
import { linkOf } from '../share/address';
import { kLinkLengthMax } from '../share/link';
import { theme } from '../ui/theme.svelte';
import { toasts } from '../ui/toasts.svelte';
import { dialogs } from './dialogs.svelte';

export function dialogActions(session: Session): Partial<Record<CommandId, () => void>> {
  const withEngine = (then: () => void) => () => {
    if (session.branch?.bundle) then();
    else toasts.show(session.branch ? 'A trace alone has no scenario that could be changed.' : 'Open a scenario first.', 'problem');
  };
  return {
    mark: () => {
      if (session.trace) marks.toggle(session.cursor.ns);
    },
    'go-to-mark': () => {
      const ns = marks.after(session.cursor.ns);
      if (ns === null) toasts.show('Nothing is marked yet: M marks the moment at the cursor.');
      else session.seek(ns);
    },
    edit: withEngine(() => dialogs.show('edit')),
    inject: withEngine(() => dialogs.show('inject')),
    compare: () => {
      if (session.branches.length > 1) dialogs.show('compare');
      else toasts.show('There is one branch only. Edit the scenario, or inject a fault, and a second one runs beside it.');
    },
    search: () => document.querySelector<HTMLInputElement>('[data-search]')?.focus(),
    gallery: () => dialogs.show('gallery'),
    bring: () => dialogs.show('bring'),
    share: () => void share(session),
    tour: () => {
      dialogs.tour = 1;
    },
    theme: () => theme.toggle(),
    palette: () => dialogs.show('palette'),
    help: () => dialogs.show('help'),
  };
}

async function share(session: Session): Promise<void> {
  const made = await linkOf(session);
  if ('error' in made) return toasts.show(made.error, 'problem');
  history.replaceState(null, '', `#${made.hash}`);
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    return toasts.show('The link stands in the address bar: the browser does not let this page copy it.');
  }
  const length = made.hash.length;
  toasts.show(length <= kLinkLengthMax ? 'The link is copied.' : `The link is copied. It has ${length} characters; some programs cut such a link.`);
}
