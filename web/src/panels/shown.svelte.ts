// SPDX-License-Identifier: Apache-2.0
// Which tabs stand open. A link of the Why column opens the place it speaks of.
export type StateTab = 'series' | 'cache' | 'transaction' | 'response' | 'targets';
export type WhyTab = 'why' | 'relabel';
export type Column = 'events' | 'state' | 'why';

class Shown {
  /** On a phone one column at a time. */
  column = $state<Column>('events');
  state = $state<StateTab>('series');
  why = $state<WhyTab>('why');
  /** Line of the response to look at, from 1; 0: that of the selected series. */
  line = $state(0);

  open(tab: StateTab, line = 0): void {
    this.column = 'state';
    this.state = tab;
    this.line = line;
  }
}

export const shown = new Shown();
