import type { StateIcon as Name } from '../../lib/states.ts';

const RING = 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z';

/** Shapes of 16 × 16, filled by the even-odd rule; the board draws the same. */
export const STATE_SHAPES: { readonly [N in Name]: string } = {
  check: `${RING}M7.05 11.1 4 8l1.15-1.1 1.9 1.95 3.85-4.05L12 5.9Z`,
  cross: `${RING}M5.7 4.6 8 6.9l2.3-2.3 1.1 1.1L9.1 8l2.3 2.3-1.1 1.1L8 9.1l-2.3 2.3-1.1-1.1L6.9 8 4.6 5.7Z`,
  bolt: 'M10 .5 2.5 9.3h4.2L5.5 15.5 13.5 6.5H9Z',
  play: `${RING}M6.3 4.7v6.6L11.6 8Z`,
  clock: `${RING}M8 2.7a5.3 5.3 0 1 1 0 10.6A5.3 5.3 0 0 1 8 2.7ZM7.2 4.5v4.1l3 1.9.850-1.3-2.3-1.45V4.5Z`,
  alarm: 'M8 1 15.5 14.5H.5ZM7.2 6v4.3h1.6V6ZM7.2 11.5v1.6h1.6v-1.6Z',
  dots: 'M3 6.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2ZM8 6.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2ZM13 6.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2Z',
  pause: `${RING}M5.5 5v6h1.8V5ZM8.7 5v6h1.8V5Z`,
  bar: `${RING}M4.3 7.1v1.8h7.4V7.1Z`,
  stop: `${RING}M5.3 5.3v5.4h5.4V5.3Z`,
  glass: 'M3.5 1h9v2.6L9.3 8l3.2 4.4V15h-9v-2.6L6.7 8 3.5 3.6ZM5.2 2.6v.5L8 7l2.8-3.9v-.5Z',
};

export function StateIcon({ name, size = 14 }: { readonly name: Name; readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={STATE_SHAPES[name]} fill="currentColor" fillRule="evenodd" />
    </svg>
  );
}
