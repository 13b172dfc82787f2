const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** 1,234,567. */
export const count = (value: number): string => whole.format(value);
/** 1.2M. */
export const compact = (value: number): string => short.format(value);

/** A count that may have stopped at its bound: `10,000+`. */
export const bounded = ({ count: value, more }: { readonly count: number; readonly more: boolean }): string => `${count(value)}${more ? '+' : ''}`;

const BYTES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** 3.4 MB, by thousands. */
export function bytes(value: number): string {
  const power = Math.min(BYTES.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  const shown = value / 1000 ** power;
  return `${power > 0 && shown < 100 ? shown.toFixed(1) : Math.round(shown)} ${BYTES[power]}`;
}

/** Milliseconds as a person says them: 340 ms, 4.2 s, 3 m 05 s, 2 h 10 m, 3 d 4 h. */
export function span(ms: number): string {
  if (!Number.isFinite(ms)) return '';
  const time = Math.max(0, ms);
  if (time < 1000) return `${Math.round(time)} ms`;
  if (time < 60_000) return `${(time / 1000).toFixed(1)} s`;
  const seconds = Math.round(time / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${pad(Math.floor((seconds % 3600) / 60))} m`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

const pad = (value: number) => String(value).padStart(2, '0');

/** `2 minutes ago`, `in 3 s`. */
export function ago(then: number, now: number): string {
  const ms = now - then;
  if (Math.abs(ms) < 1000) return 'now';
  const text = coarse(Math.abs(ms));
  return ms > 0 ? `${text} ago` : `in ${text}`;
}

function coarse(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** How a person wants to read times. */
export type TimeStyle = 'relative' | 'local' | 'utc';

/** An instant of the wire: `2026-11-24 08:03:11.123`, in the zone of the style. */
export function timeText(instant: string | number, style: Exclude<TimeStyle, 'relative'>): string {
  const date = new Date(instant);
  if (style === 'utc') return date.toISOString().replace('T', ' ').replace('Z', ' UTC');
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Milliseconds of an instant of the wire; null stays null. */
export const millis = (instant: string | null | undefined): number | null => (instant ? Date.parse(instant) : null);
