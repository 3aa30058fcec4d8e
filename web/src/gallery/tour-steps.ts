// SPDX-License-Identifier: Apache-2.0
// The first visit: six steps through one small scenario.
import type { Session } from '../session/session.svelte';

export const kTourScenario = 'fixtures/scenarios/exporter-restart.yml';

export interface TourStep {
  title: string;
  text: string;
  /** What is outlined. */
  shows: string;
  /** Puts the page into the state that the text speaks of. */
  go?: (session: Session) => void;
}

export const kTour: readonly TourStep[] = [
  {
    title: 'Three minutes of scraping',
    text: 'Each lane is a target, each teal tick a scrape that went well. Between 1m10s and 1m55s the exporter refuses connections: red crosses.',
    shows: '[data-tour=timeline], [aria-label=Timeline]',
    go: (session) => session.fit(),
  },
  {
    title: 'Any moment',
    text: 'The white line is the cursor. Click into the timeline, or step with , and . from event to event; ] goes to the next fault. It now stands at the first scrape that fails.',
    shows: '[data-tour=timeline], [aria-label=Timeline]',
    go: (session) => {
      session.seek(71e9);
      session.step('fault', 1);
    },
  },
  {
    title: 'What happened',
    text: 'These are the events of this scrape: the request, the error, and what was stored because of it, in their order.',
    shows: 'section[data-column=events]',
  },
  {
    title: 'A stale marker',
    text: 'The amber diamond. The failed scrape ends every series that the exporter had, so that queries do not show its last values for five minutes.',
    shows: 'section[data-column=state]',
    go: (session) => {
      session.seek(71e9);
      session.step('marker', 1);
    },
  },
  {
    title: 'Why',
    text: 'Select a sample, a gap or a marker, and this column tells the chain of causes, from the bytes of the answer to what is stored. Each link leads to its place.',
    shows: 'section[data-column=why]',
  },
  {
    title: 'What if',
    text: 'Press I to inject another fault at the cursor, or E to change the configuration: the run branches, and C compares the two. ? lists all keys, G has more scenarios.',
    shows: 'header',
  },
];
