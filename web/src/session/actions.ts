// SPDX-License-Identifier: Apache-2.0
// What the actions of time and timeline do. App.svelte gives this table to `commands.on`.
import type { CommandId } from '../commands/table';
import type { Session } from './session.svelte';

const kSpeeds = [1, 4, 15, 60, 240];

export function sessionActions(session: Session): Partial<Record<CommandId, () => void>> {
  const speed = (by: number): void => {
    const at = kSpeeds.indexOf(session.speed) + by;
    if (at >= 0 && at < kSpeeds.length) session.speed = kSpeeds[at];
  };
  const width = (): number => session.view.to - session.view.from;
  return {
    play: () => session.playPause(),
    faster: () => speed(1),
    slower: () => speed(-1),
    'next-event': () => session.step('event', 1),
    'previous-event': () => session.step('event', -1),
    'next-scrape': () => session.step('scrape', 1),
    'previous-scrape': () => session.step('scrape', -1),
    'next-fault': () => session.step('fault', 1),
    'previous-fault': () => session.step('fault', -1),
    'next-failure': () => session.step('failure', 1),
    'previous-failure': () => session.step('failure', -1),
    'next-marker': () => session.step('marker', 1),
    'previous-marker': () => session.step('marker', -1),
    'next-event-in-lane': () => session.step('event', 1, true),
    'previous-event-in-lane': () => session.step('event', -1, true),
    'next-scrape-in-lane': () => session.step('scrape', 1, true),
    'previous-scrape-in-lane': () => session.step('scrape', -1, true),
    start: () => session.seek(0),
    end: () => session.seek(session.endNs),
    'zoom-in': () => session.zoom(0.7),
    'zoom-out': () => session.zoom(1 / 0.7),
    'pan-left': () => session.pan(-0.2 * width()),
    'pan-right': () => session.pan(0.2 * width()),
    focus: () => session.focus(),
  };
}
