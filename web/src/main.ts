// SPDX-License-Identifier: Apache-2.0
import { mount } from 'svelte';
import App from './App.svelte';
import { jsonInside } from './engine/inside';
import { startEngine } from './engine/start';
import type { Bundle } from './engine/types';
import { session, useEngine } from './session/session.svelte';
import { theme } from './ui/theme.svelte';
import './ui/tokens.css';

theme.start();
useEngine(startEngine);
mount(App, { target: document.getElementById('app')! });

/** `?trace=ADDRESS`: a trace that lies beside the page. With `follow=SECONDS` it goes on, and is read again that often. */
async function openAsked(): Promise<void> {
  const asked = new URLSearchParams(location.search);
  const address = asked.get('trace');
  if (!address) return;
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new Error('a trace is read from the page’s own host only');
  const name = url.pathname.replace(/^.*\//, '');
  await session.openTrace(await bytesOf(url), name);
  const seconds = Number(asked.get('follow'));
  if (!(seconds > 0)) return;
  session.showEnd();
  for (;;) {
    await new Promise((resume) => setTimeout(resume, seconds * 1000));
    if (document.hidden) continue;
    if (!(await session.follow(await bytesOf(url), name))) return;
  }
}

async function bytesOf(url: URL): Promise<Uint8Array> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url.pathname}: ${answer.status} ${answer.statusText}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** The scenario that `stalemark view` put into the page. */
async function openInside(): Promise<void> {
  const bundle = await jsonInside<Bundle>('stalemark-bundle');
  if (bundle) await session.open(bundle);
}

openInside().catch((error: unknown) => session.fail(error));
openAsked().catch((error: unknown) => session.fail(error));
