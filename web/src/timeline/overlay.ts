// SPDX-License-Identifier: Apache-2.0
// The cursor with its time of day, marked moments, and a faint line under the pointer.
import { nsOf, xOf, type Scene } from './paint';
import { tickText } from './ruler';

export interface CursorPlace {
  ns: number;
  hoverX: number;
  end: number;
  /** Moments that somebody marked. */
  marks: readonly number[];
}

function label(pen: CanvasRenderingContext2D, scene: Scene, x: number, text: string, back: string, ink: string): void {
  const width = pen.measureText(text).width + 10;
  const from = Math.min(Math.max(x - width / 2, scene.left - 4), scene.left + scene.width + 12 - width);
  pen.fillStyle = back;
  pen.beginPath();
  pen.roundRect(from, 26, width, 16, 3);
  pen.fill();
  pen.fillStyle = ink;
  pen.fillText(text, from + 5, 38);
}

/** Digits by the width of the view: a pixel is the finest that is said. */
function timeText(scene: Scene, ns: number): string {
  const perPixel = (scene.to - scene.from) / scene.width;
  return tickText(scene.startMs, ns, perPixel > 2e8 ? 1e9 : perPixel > 1e4 ? 1e6 : 1e3);
}

/** A flag at the ruler and a dotted line down. */
function paintMarks(pen: CanvasRenderingContext2D, scene: Scene, marks: readonly number[]): void {
  pen.save();
  pen.strokeStyle = pen.fillStyle = scene.colours.info;
  pen.setLineDash([2, 3]);
  for (const ns of marks) {
    if (ns < scene.from || ns > scene.to) continue;
    const x = Math.round(xOf(scene, ns)) + 0.5;
    pen.beginPath();
    pen.moveTo(x, 26);
    pen.lineTo(x, scene.height);
    pen.stroke();
    pen.beginPath();
    pen.moveTo(x, 26);
    pen.lineTo(x + 7, 29);
    pen.lineTo(x, 32);
    pen.fill();
  }
  pen.restore();
}

export function paintCursor(pen: CanvasRenderingContext2D, scene: Scene, at: CursorPlace): void {
  const style = getComputedStyle(pen.canvas);
  const ink = style.getPropertyValue('--cursor').trim();
  const { colours, left, width, height } = scene;
  pen.font = `11px ${colours.mono}`;
  paintMarks(pen, scene, at.marks);
  const overview = left + (at.ns / at.end) * width;
  pen.fillStyle = ink;
  pen.fillRect(Math.round(overview), 6, 1, 18);
  if (at.hoverX >= left) {
    pen.globalAlpha = 0.3;
    pen.fillRect(Math.round(at.hoverX), 26, 1, height);
    pen.globalAlpha = 1;
    label(pen, scene, at.hoverX, timeText(scene, nsOf(scene, at.hoverX)), colours.raise, colours.dim);
  }
  if (at.ns < scene.from || at.ns > scene.to) return;
  const x = xOf(scene, at.ns);
  pen.fillStyle = ink;
  pen.fillRect(Math.round(x) - 0.5, 26, 1.5, height);
  label(pen, scene, x, timeText(scene, at.ns), ink, colours.panel);
}
