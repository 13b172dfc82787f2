import { Buffer } from 'node:buffer';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampled, shareOf } from './demo-table.ts';
import { dirtyEmoji, dirtyZipcodes } from './dirty.ts';
import { emoji } from './packages/emojibase-data.ts';
import { vegaFile, writeWeatherHourly } from './packages/vega-datasets.ts';
import type { DemoTable } from './tables.ts';

const joinLines = (lines: Iterable<string | Buffer>): Buffer => Buffer.concat([...lines].flatMap((line) => [Buffer.from(line), Buffer.from('\n')]));

/** Lines with bad ones between them are as many as in the whole table: fewer would not hide so many. */
async function zipcodes(share: number, dirty: boolean): Promise<Buffer> {
  const [header = '', ...lines] = (await readFile(vegaFile('zipcodes.csv'), 'utf8')).trimEnd().split('\n');
  return joinLines([header, ...(dirty ? dirtyZipcodes(lines) : sampled(lines, share))]);
}

async function emojiLines(share: number, dirty: boolean): Promise<Buffer> {
  const lines = (await emoji()).map((each) => JSON.stringify(each));
  return joinLines(dirty ? dirtyEmoji(lines) : sampled(lines, share));
}

/** Writes the file of a table into the folder, whole or not at all. */
export async function writeTableFile(
  { name, file = name, rows }: DemoTable,
  { folder, sample, dirty }: { folder: string; sample: number; dirty: boolean },
): Promise<void> {
  const path = join(folder, file);
  const draft = join(folder, `.${file}`);
  const share = shareOf(rows, sample);
  if (name === 'weather_hourly') await writeWeatherHourly(draft, share);
  else await writeFile(draft, await (name === 'zipcodes' ? zipcodes : emojiLines)(share, dirty));
  await rename(draft, path);
}
