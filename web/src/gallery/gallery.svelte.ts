// SPDX-License-Identifier: Apache-2.0
// The gallery as the page knows it: the index and the bundles that the build wrote beside the page, or what a report carries.
import { jsonInside } from '../engine/inside';
import type { Bundle } from '../engine/types';
import type { GalleryEntry, GalleryInside } from './entry';

class Gallery {
  entries = $state.raw<GalleryEntry[]>([]);
  /** What a report says of itself; '' in the gallery of the repository. */
  title = $state('');
  /** Why there is no gallery; '' while it is there or on its way. */
  problem = $state('');
  private index: Promise<GalleryEntry[]> | null = null;
  private readonly bundles = new Map<string, Bundle>();

  /** Loads the index once; a second call waits for the first. */
  load(): Promise<GalleryEntry[]> {
    // A page that is one file has nothing beside it, and asking for it would be an error in the console.
    this.index ??= (import.meta.env.MODE === 'single' ? this.inside() : fetchJson<GalleryEntry[]>('gallery/index.json'))
      .then((entries) => (this.entries = entries))
      .catch(() => {
        this.problem = 'The gallery is not beside this page. A scenario of your own can still be opened.';
        return [];
      });
    return this.index;
  }

  /** The files of a scenario as the gallery has them; null: it has none of this path. */
  async bundle(scenario: string): Promise<Bundle | null> {
    const entry = (await this.load()).find((each) => each.scenario === scenario);
    const known = this.bundles.get(scenario);
    if (known || !entry) return known ?? null;
    const bundle = await fetchJson<Bundle>(`gallery/${entry.id}.json`);
    this.bundles.set(scenario, bundle);
    return bundle;
  }

  private async inside(): Promise<GalleryEntry[]> {
    const report = await jsonInside<GalleryInside>('stalemark-gallery');
    if (!report) throw new Error('this page carries no gallery');
    this.title = report.title;
    for (const { scenario, files } of report.entries) {
      this.bundles.set(scenario, { scenario, files: Object.fromEntries(files.map((file) => [file, report.files[file]])) });
    }
    return report.entries;
  }
}

async function fetchJson<T>(address: string): Promise<T> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  return (await response.json()) as T;
}

export const gallery = new Gallery();

/** Entries whose name, sentence or path has all words. */
export function findEntries(entries: readonly GalleryEntry[], text: string): GalleryEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ name, about, scenario }) => words.every((word) => `${name} ${about} ${scenario}`.toLowerCase().includes(word)));
}
