import { toInstant, toMicros } from '@sluice/core/lib/time';
import type { Log } from '@sluice/core/model/log';
import { type Paint, paint } from './paint.ts';

const LEVELS: readonly { readonly level: number; readonly name: string; readonly paint: Paint }[] = [
  { level: 50, name: 'CRITICAL', paint: ['red', 'bold'] },
  { level: 40, name: 'ERROR', paint: 'red' },
  { level: 30, name: 'WARNING', paint: 'yellow' },
  { level: 20, name: 'INFO', paint: 'green' },
  { level: 0, name: 'DEBUG', paint: 'dim' },
];

/** `2026-11-24 10:00:00.123`: UTC, as the records are. */
export const clock = (instant: string): string => toInstant(toMicros(instant)).replace('T', ' ').slice(0, 23);

const levelName = (level: number): string => LEVELS.find((each) => level >= each.level)?.name ?? 'DEBUG';

/** The escape that begins a terminal's commands is taken out; line ends stay. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const COMMANDS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** `2026-11-24 10:00:00.123 | INFO    | message`. */
export function logLine({ timestamp, level, message }: Log, stream: NodeJS.WriteStream = process.stdout): string {
  const name = levelName(level);
  const how = LEVELS.find((each) => each.name === name)?.paint ?? 'reset';
  return `${paint('dim', clock(timestamp), stream)} | ${paint(how, name.padEnd(8), stream)} | ${message.replace(COMMANDS, '')}`;
}
