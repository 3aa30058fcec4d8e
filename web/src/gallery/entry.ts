// SPDX-License-Identifier: Apache-2.0
// What the build writes beside the page: gallery/index.json with all entries, gallery/ID.json with the files of one.
export type GalleryGroup = 'stories' | 'basics' | 'faults';

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
