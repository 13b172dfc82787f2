import { readFile } from 'node:fs/promises';
import { exactJson } from '@sluice/core/blocks/python-json';
import { parseExactJson } from '@sluice/core/lib/exact-json';
import type { Database } from '../db/database.ts';
import { installBlockTypes } from '../store/block-types.ts';

const FILE = new URL('../../registry/system-block-types.json', import.meta.url);

/** The types that Prefect 2.13.7 and 3.9.1 register when their servers start, with the schemas of both. */
export async function installSystemBlockTypes({ transaction }: Pick<Database, 'transaction'>): Promise<void> {
  // Without the blanks, which would be in every answer; the numbers stay as they are.
  const text = exactJson(parseExactJson(await readFile(FILE, 'utf8')));
  await transaction((tx) => installBlockTypes(tx, text));
}
