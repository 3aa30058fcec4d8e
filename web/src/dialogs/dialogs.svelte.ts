// SPDX-License-Identifier: Apache-2.0
// Which dialog is open, and what it was opened with. One at a time.
import type { BroughtFile } from '../bring/brought';

export type DialogName = 'gallery' | 'bring' | 'edit' | 'inject' | 'compare' | 'palette' | 'help';

class Dialogs {
  open = $state<DialogName | null>(null);
  /** Files that were dropped on the page, for the dialog that tells what they are. */
  dropped = $state.raw<BroughtFile[]>([]);
  /** Where the editor begins. */
  place = $state.raw<{ file: string; line: number } | null>(null);
  /** Step of the tour, from 1; 0: no tour. */
  tour = $state(0);

  show(name: DialogName): void {
    this.open = name;
  }

  bring(files: BroughtFile[]): void {
    this.dropped = files;
    this.open = 'bring';
  }

  edit(file: string, line: number): void {
    this.place = { file, line };
    this.open = 'edit';
  }

  close(): void {
    this.open = null;
    this.dropped = [];
    this.place = null;
  }
}

export const dialogs = new Dialogs();
