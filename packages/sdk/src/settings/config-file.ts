import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { systemFault } from '@sluice/core/errors/system-fault';

export const configFileOf = (home: string): string => join(home, 'config.env');

/** The text of the home's `config.env`, empty when there is none. Editors of Windows begin a file with a mark, and may write UTF-16. */
export function readConfigText(home: string): string {
  const file = configFileOf(home);
  try {
    return decode(readFileSync(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw systemFault(error, file) ?? error;
  }
}

function decode(bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString('hex');
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** Its settings: `NAME=value` in a line, also after `export`, also in quotes. */
export const readConfigFile = (home: string): Readonly<Record<string, string | undefined>> => parseEnv(readConfigText(home));
