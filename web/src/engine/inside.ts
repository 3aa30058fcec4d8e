// SPDX-License-Identifier: Apache-2.0
// What a page that is one file carries: zlib streams in base64, in script elements that are not run. `stalemark view` puts the
// scenario in, `stalemark test --html` a gallery, the build the module.
export type PartName = 'stalemark-bundle' | 'stalemark-gallery' | 'stalemark-module';

/** null: the page does not carry it. */
export async function partInside(name: PartName): Promise<ArrayBuffer | null> {
  const text = document.getElementById(name)?.textContent?.trim();
  if (!text) return null;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).arrayBuffer();
}

/** null: the page does not carry it. */
export async function jsonInside<T>(name: PartName): Promise<T | null> {
  const bytes = await partInside(name);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T);
}
