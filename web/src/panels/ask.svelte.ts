// SPDX-License-Identifier: Apache-2.0
// A question to the engine that is asked anew whenever what it depends on changes. The old answer stays until the new one
// is there: nothing jumps while somebody scrubs.
export class Question<T> {
  answer = $state.raw<T | null>(null);
  error = $state('');
  asked = $state(false);
  private turn = 0;

  /** Call within an effect; `ask` reads what it depends on before its first await. Null: cancelled, or no engine. */
  put(ask: () => Promise<T | null>): void {
    const turn = ++this.turn;
    ask().then(
      (answer) => {
        if (turn !== this.turn) return;
        this.asked = true;
        this.error = '';
        if (answer !== null) this.answer = answer;
      },
      (error: unknown) => {
        if (turn !== this.turn) return;
        this.asked = true;
        this.answer = null;
        this.error = error instanceof Error ? error.message : String(error);
      },
    );
  }

  forget(): void {
    ++this.turn;
    this.answer = null;
    this.error = '';
  }
}
