/** Seconds as a number, or a number with a unit: `'500ms'`, `'10s'`, `'5m'`, `'1h'`, `'2d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** Timers of Node and of browsers hold 31 bits of milliseconds, 24.8 days; a longer one fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

export function toSeconds(duration: Duration): number {
  if (typeof duration === 'number' && duration >= 0 && Number.isFinite(duration)) return duration;
  const match = typeof duration === 'string' && /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration);
  if (!match)
    throw new TypeError(
      `not a duration: ${typeof duration === 'string' ? JSON.stringify(duration) : String(duration)}; write seconds, or a number with ms, s, m, h or d`,
    );
  return Number(match[1]) * (UNITS[match[2] as string] as number);
}
