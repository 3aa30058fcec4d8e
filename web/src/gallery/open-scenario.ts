// SPDX-License-Identifier: Apache-2.0
import { marks } from '../session/marks.svelte';
import type { Session } from '../session/session.svelte';
import { encodeLink } from '../share/link';
import { gallery } from './gallery.svelte';

/** Opens a scenario of the gallery; the address names it from then on. */
export async function openScenario(session: Session, scenario: string): Promise<boolean> {
  try {
    const bundle = await gallery.bundle(scenario);
    if (!bundle) throw new Error(`The gallery has no ${scenario}.`);
    if (!(await session.open(bundle))) return false;
    marks.clear();
    history.replaceState(null, '', `#${await encodeLink({ scenario, fromGallery: true, edits: [] })}`);
    return true;
  } catch (error) {
    session.fail(error);
    return false;
  }
}
