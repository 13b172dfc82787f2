/** Levels as Python has them; those between two names belong to the lower one. */
export const LOG_LEVELS = { debug: 10, info: 20, warning: 30, error: 40 } as const;
export type LogLevel = keyof typeof LOG_LEVELS;
export const LOG_LEVEL_NAMES = Object.keys(LOG_LEVELS) as readonly LogLevel[];

/** The word at a line: `critical` has no filter of its own. */
export function levelWord(level: number): LogLevel | 'critical' {
  if (level >= 50) return 'critical';
  return LOG_LEVEL_NAMES.findLast((name) => level >= LOG_LEVELS[name]) ?? 'debug';
}
