// SPDX-License-Identifier: Apache-2.0
// Short notices at the foot of the page. They are read out, and go away by themselves.
export interface Toast {
  id: number;
  text: string;
  kind: 'done' | 'problem';
}

const kSeconds = 6;

class Toasts {
  all = $state.raw<Toast[]>([]);
  private next = 1;

  show(text: string, kind: Toast['kind'] = 'done'): void {
    const toast = { id: this.next++, text, kind };
    this.all = [...this.all.slice(-2), toast];
    setTimeout(() => this.close(toast.id), kSeconds * 1000);
  }

  close(id: number): void {
    this.all = this.all.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
