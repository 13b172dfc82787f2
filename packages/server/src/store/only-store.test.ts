import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FINAL_STATE_TYPES } from '@sluice/core/model/state-type';
import { expect, test } from 'vitest';

const SOURCE = dirname(dirname(fileURLToPath(import.meta.url)));
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('testing/'))
  .map((file) => ({ room: file.includes('/') ? (file.split('/')[0] as string) : file, text: readFileSync(join(SOURCE, file), 'utf8') }));

/** A template that a connection runs, text that is run as it is, or a statement in a text of any other name. */
const SQL = [/\b(sql|tx)(<[^`]*>)?`/, /\.unsafe\(/, /[`'"]\s*(select\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s*\()/i];

test('SQL is written in store, and in db what makes a database and its schema: nowhere else', () => {
  expect(files.length).toBeGreaterThan(50);
  const rooms = files.filter(({ text }) => SQL.some((statement) => statement.test(text))).map(({ room }) => room);
  expect([...new Set(rooms)].sort()).toEqual(['db', 'store']);
});

/** Lists in an `in (…)` that tell final states from others. */
const finalLists = (text: string) =>
  [...text.matchAll(/\bin \(((?:'[A-Z]+'(?:, )?)+)\)/g)].map(([, list]) => list as string).filter((list) => list.includes("'CRASHED'"));

test('which states are final is said by core: no statement says it again, and the schema says the same', () => {
  expect(files.flatMap(({ text }) => finalLists(text))).toEqual([]);
  const migrations = join(SOURCE, '../migrations');
  const schema = ['schema.sql', ...readdirSync(join(migrations, 'views')).map((name) => `views/${name}`)].map((name) =>
    readFileSync(join(migrations, name), 'utf8'),
  );
  expect(new Set(schema.flatMap(finalLists))).toEqual(new Set([FINAL_STATE_TYPES.map((type) => `'${type}'`).join(', ')]));
});
