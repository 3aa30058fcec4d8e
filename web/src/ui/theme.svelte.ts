// SPDX-License-Identifier: Apache-2.0
// Dark or light: the system's choice until somebody chooses here. The canvas reads `theme.name` to paint anew.
export type ThemeName = 'dark' | 'light';

const kKey = 'stalemark-theme';

class Theme {
  name = $state<ThemeName>('dark');

  /** Call once, before the page is mounted. `?theme=light` goes before what was chosen earlier. */
  start(): void {
    const system = matchMedia('(prefers-color-scheme: light)');
    const asked = new URLSearchParams(location.search).get('theme') ?? localStorage.getItem(kKey);
    const chosen = asked === 'dark' || asked === 'light' ? asked : null;
    this.apply(chosen ?? (system.matches ? 'light' : 'dark'));
    if (!chosen) system.addEventListener('change', () => this.apply(system.matches ? 'light' : 'dark'));
  }

  toggle(): void {
    this.apply(this.name === 'dark' ? 'light' : 'dark');
    localStorage.setItem(kKey, this.name);
  }

  private apply(name: ThemeName): void {
    this.name = name;
    document.documentElement.dataset.theme = name;
  }
}

export const theme = new Theme();
