import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CsvOptions, TableSpec } from '../src/model.ts';
import { FilesTrial } from './support/files-load.ts';

/* What a person says of a CSV file goes before what its beginning tells. */

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

test.each<[string, string | Buffer, Partial<TableSpec>, (string | null)[][]]>([
  [
    'delimiter',
    'a:b\n1:x,y\n',
    { csv: { delimiter: ':' } },
    [
      ['a', 'b'],
      ['1', 'x,y'],
    ],
  ],
  [
    'no quote',
    'a,b\n1,"x\n',
    { csv: { quote: '' } },
    [
      ['a', 'b'],
      ['1', '"x'],
    ],
  ],
  [
    'another quote',
    "a,b\n1,'x, ''y'''\n",
    { csv: { quote: "'" } },
    [
      ['a', 'b'],
      ['1', "x, 'y'"],
    ],
  ],
  [
    'a header',
    '1,2\n3,4\n',
    { csv: { header: true } },
    [
      ['1', '2'],
      ['3', '4'],
    ],
  ],
  [
    'no header',
    'a,b\nc,d\n',
    { csv: { header: false } },
    [
      ['column_1', 'column_2'],
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'lines to skip',
    'a,b\nc,d\n5,6\n',
    { csv: { skip: 1 } },
    [
      ['c', 'd'],
      ['5', '6'],
    ],
  ],
  [
    'comments',
    'a,b\n%x, "y\n1,2\n% z\n3,4\n',
    { csv: { comment: '%' } },
    [
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ],
  ],
  [
    'encoding',
    Buffer.from('Stra\xdfe,n\n\x80 5,1\n', 'latin1'),
    { csv: { encoding: 'windows-1252' } },
    [
      ['Straße', 'n'],
      ['€ 5', '1'],
    ],
  ],
  [
    'true latin1',
    Buffer.from('Stra\xdfe,n\n\x80,1\n', 'latin1'),
    { csv: { encoding: 'latin1' } },
    [
      ['Straße', 'n'],
      ['\x80', '1'],
    ],
  ],
  [
    'an encoding of several bytes',
    Buffer.from([0x96, 0xbc, 0x2c, 0x6e, 0x0a, 0x8c, 0xa2, 0x2c, 0x31, 0x0a]),
    { csv: { encoding: 'shift_jis' } },
    [
      ['名', 'n'],
      ['犬', '1'],
    ],
  ],
  [
    'words for NULL',
    'a,b\n1,NA\n\\N,x\n3,"NA"\n',
    { csv: { nullWords: ['NA', '\\N'] } },
    [
      ['a', 'b'],
      ['1', null],
      [null, 'x'],
      ['3', 'NA'],
    ],
  ],
  [
    'the decimal sign',
    'a;b;c\n1,50;1,5;x\n-2,25;2;1,5\n',
    { csv: { decimal: ',' } },
    [
      ['a', 'b', 'c'],
      ['1.50', '1.5', 'x'],
      ['-2.25', '2.0', '1,5'],
    ],
  ],
  [
    'types',
    'zip,n,f\n00501,1,1.0\n90210,+2,2.50\n',
    { types: { n: 'smallint', f: 'numeric(6, 2)' } },
    [
      ['zip', 'n', 'f'],
      ['00501', '1', '1.00'],
      ['90210', '2', '2.50'],
    ],
  ],
])('a guess is overruled by a person: %s', async (_what, content, spec, table) => {
  expect(await trial.tableOf(content, spec)).toEqual(table);
});

test.each<[string, CsvOptions, RegExp]>([
  ['an encoding that nobody knows', { encoding: 'klingon' }, /encoding "klingon"/],
  ['a delimiter of two letters', { delimiter: '||' }, /delimiter is one character/],
  ['signs that are the same', { delimiter: ';', quote: ';' }, /three different/],
])('%s is told before anything is read', async (_what, csv, reason) => {
  expect(await trial.reasonOf('a\n1\n', csv)).toMatch(reason);
});

test('types for columns that are not there, and types that are none, are told with what there is', async () => {
  await trial.write('t.csv', 'zip,n\n00501,1\n');
  const reason = async (types: Record<string, string>) => (await trial.plan({ name: 't', from: 't.csv', types })) as { reason?: string };
  expect((await reason({ zipp: 'int' })).reason).toBe('It has no column zipp to give the type INTEGER. Did you mean zip?');
  expect((await reason({ zip: 'inat' })).reason).toMatch(/^Column zip cannot have the type inat. The types are VARCHAR, /);
});
