import type { Attempt } from '@sluice/core/model/board';

/** Colours of the palette, as a canvas takes them. */
export type Colors = Readonly<Record<Name, string>>;

const NAMES = [
  'card',
  'line',
  'faint',
  'text',
  'quiet',
  'accent',
  'running',
  'waiting',
  'pending',
  'queued',
  'completed',
  'failed',
  'crashed',
  'cancelled',
  'on-tone',
] as const;
type Name = (typeof NAMES)[number];

/** The colours that the theme gives now: a canvas knows no custom properties, and no `light-dark()`. */
export function readColors(host: HTMLElement): Colors {
  const probe = document.createElement('span');
  host.append(probe);
  const colors = Object.fromEntries(
    NAMES.map((name) => {
      probe.style.color = `var(--${name})`;
      return [name, getComputedStyle(probe).color];
    }),
  );
  probe.remove();
  return colors as Colors;
}

export const toneOf: { readonly [O in Attempt['outcome']]: Name } = {
  running: 'running',
  completed: 'completed',
  failed: 'failed',
  crashed: 'crashed',
  cancelled: 'cancelled',
  lost: 'crashed',
  retry: 'failed',
  paused: 'pending',
};
