// SPDX-License-Identifier: Apache-2.0
// What the build writes beside the page: gallery/index.json with all entries, gallery/ID.json with the files of one.
// A page that `stalemark test --html` wrote carries a gallery of what was tested, in groups of its own.
import type { Bundle } from '../engine/types';

export type GalleryGroup = 'stories' | 'basics' | 'faults' | 'failed' | 'invalid' | 'passed';

export interface GalleryEntry {
  /** File name of its bundle, without .json. */
  id: string;
  /** Of the scenario file, relative to the repository. */
  scenario: string;
  name: string;
  /** One sentence. */
  about: string;
  group: GalleryGroup;
  duration: string;
}

/** The gallery of a report: entries and their files, each file once. */
export interface GalleryInside {
  title: string;
  files: Bundle['files'];
  entries: (GalleryEntry & { files: string[] })[];
}
