import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectPlan, FilesTrial } from './support/files-load.ts';

/* How a CSV file is written, as its beginning tells. What a person says of it: files-layout-given.test.ts; what is
   wrong with it: files-layout-faults.test.ts. */

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

const WORLD_BANK = [
  '"Data Source","World Development Indicators",',
  '',
  '"Last Updated Date","2024-03-28",',
  '',
  '"Country Name","Country Code","1960","1961",',
  '"Aruba","ABW","54608","55811",',
  '"Korea, Rep.","KOR","8622466","8790140",',
].join('\r\n');

const BANK =
  'Account:;DE12 3456\nPeriod:;01.01.2024 - 31.01.2024\n\n"Day";"Text";"Amount"\n"01.01.2024";"Rent, flat";"-500,00"\n"02.01.2024";"Shop";"12,50"\n';

const ragged = Array.from({ length: 20 }, (_, index) => (index % 5 === 0 ? `${index},"a|b, x",c\n` : `${index},a|b,c\n`));

test.each<[string, string | Buffer, (string | null)[][]]>([
  [
    'empty lines before the header',
    '\n\n\r\n\nid,name\n1,a\n',
    [
      ['id', 'name'],
      ['1', 'a'],
    ],
  ],
  [
    'a line that names the delimiter',
    'sep=;\r\nid;name\r\n1;a,b\r\n',
    [
      ['id', 'name'],
      ['1', 'a,b'],
    ],
  ],
  [
    'comments, one with a comma',
    '# made by, x\n#\nid,name\n1,a\n',
    [
      ['id', 'name'],
      ['1', 'a'],
    ],
  ],
  [
    'comments above texts',
    '# made by x\nid,name\nx,a\ny,b\n',
    [
      ['id', 'name'],
      ['x', 'a'],
      ['y', 'b'],
    ],
  ],
  [
    'a header that begins as a comment',
    '##made=x\n#id\tname\n1\ta\n',
    [
      ['#id', 'name'],
      ['1', 'a'],
    ],
  ],
  [
    'the World Bank’s preamble and commas at the end',
    WORLD_BANK,
    [
      ['Country Name', 'Country Code', '1960', '1961'],
      ['Aruba', 'ABW', '54608', '55811'],
      ['Korea, Rep.', 'KOR', '8622466', '8790140'],
    ],
  ],
  [
    'a bank’s preamble',
    BANK,
    [
      ['Day', 'Text', 'Amount'],
      ['01.01.2024', 'Rent, flat', '-500,00'],
      ['02.01.2024', 'Shop', '12,50'],
    ],
  ],
  [
    'a preamble that is as wide as the table',
    'Report,,\nDay:,2024,\n,,\nid,name,a\n1,x,2\n2,y,4\n',
    [
      ['id', 'name', 'a'],
      ['1', 'x', '2'],
      ['2', 'y', '4'],
    ],
  ],
  [
    'years in the header',
    'region,2023,2024\nnorth,5,6\nsouth,7,8\n',
    [
      ['region', '2023', '2024'],
      ['north', '5', '6'],
      ['south', '7', '8'],
    ],
  ],
  [
    'years in every row',
    'north,2023\nsouth,2024\n',
    [
      ['column_1', 'column_2'],
      ['north', '2023'],
      ['south', '2024'],
    ],
  ],
  [
    'hours in the header',
    'place,1,2,3\nA,10,5,7\nB,3,3,9\n',
    [
      ['place', '1', '2', '3'],
      ['A', '10', '5', '7'],
      ['B', '3', '3', '9'],
    ],
  ],
  [
    'semicolons that Excel put behind commas',
    'a,b,c;;\n1,2,3;;\n4,5,6;;\n',
    [
      ['a', 'b', 'c'],
      ['1', '2', '3'],
      ['4', '5', '6'],
    ],
  ],
  [
    'semicolons behind semicolons',
    'a;b;c;;\n1;2;3;;\n4;;;;\n',
    [
      ['a', 'b', 'c'],
      ['1', '2', '3'],
      ['4', null, null],
    ],
  ],
  [
    'commas at the end of rows only',
    'a,b\n1,2,\n3,4,\n',
    [
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ],
  ],
  [
    'a pipe in each row',
    `id,text,note\n${ragged.join('')}`,
    [['id', 'text', 'note'], ...ragged.map((_, index) => [`${index}`, index % 5 === 0 ? 'a|b, x' : 'a|b', 'c'])],
  ],
  [
    'decimal commas between semicolons',
    'a;b\n1,5;2,5\n3,5;4,25\n',
    [
      ['a', 'b'],
      ['1,5', '2,5'],
      ['3,5', '4,25'],
    ],
  ],
  [
    'tabs',
    'a\tb\n1\tx, y\n',
    [
      ['a', 'b'],
      ['1', 'x, y'],
    ],
  ],
  [
    'bars',
    'a|b\n1|x;y\n',
    [
      ['a', 'b'],
      ['1', 'x;y'],
    ],
  ],
  ['one column with commas in it', 'name\nSmith, John\nDoe, Jane\n', [['name'], ['Smith, John'], ['Doe, Jane']]],
  ['one column of text', 'text\nhello, you, all\nwhat\n', [['text'], ['hello, you, all'], ['what']]],
  ['a header only', 'a,b\n', [['a', 'b']]],
  [
    'no header',
    '1,x\n2,y\n',
    [
      ['column_1', 'column_2'],
      ['1', 'x'],
      ['2', 'y'],
    ],
  ],
  [
    'no header, and a name twice in a column',
    'ann,rome\nbob,paris\nann,oslo\n',
    [
      ['column_1', 'column_2'],
      ['ann', 'rome'],
      ['bob', 'paris'],
      ['ann', 'oslo'],
    ],
  ],
  [
    'carriage returns alone',
    'a,b\r1,"x\ry"\r2,z\r',
    [
      ['a', 'b'],
      ['1', 'x\ry'],
      ['2', 'z'],
    ],
  ],
  [
    'names that are there twice, and one that is not there',
    'a,a,,A\n1,2,3,4\n',
    [
      ['a', 'a_2', 'column_3', 'A_3'],
      ['1', '2', '3', '4'],
    ],
  ],
  [
    'UTF-16 with a byte order mark',
    Buffer.from('\ufeffStraße;n\r\nÖl "😀";1\r\n', 'utf16le'),
    [
      ['Straße', 'n'],
      ['Öl "😀"', '1'],
    ],
  ],
  [
    'UTF-16 of the other order',
    Buffer.from('\ufeffStraße;n\nx;1\n', 'utf16le').swap16(),
    [
      ['Straße', 'n'],
      ['x', '1'],
    ],
  ],
  [
    'UTF-16 without a mark',
    Buffer.from('Strasse;n\nx;1\n', 'utf16le'),
    [
      ['Strasse', 'n'],
      ['x', '1'],
    ],
  ],
  [
    'a packed file',
    gzipSync('\n\nid;name\n1;a\n'),
    [
      ['id', 'name'],
      ['1', 'a'],
    ],
  ],
])('%s: the table is what a person would read', async (what, content, table) => {
  if (what !== 'a packed file') return expect(await trial.tableOf(content)).toEqual(table);
  await trial.write('p.csv.gz', content);
  const { plan, rows } = await trial.load('p');
  return expect([plan.columns.map(({ name }) => name), ...rows]).toEqual(table);
});

test('what was guessed is told', async () => {
  await trial.write('t.csv', WORLD_BANK);
  expect(expectPlan(await trial.plan({ name: 't', from: 't.csv' })).notes).toEqual([
    'Lines 1 to 4 come before the table and are left out: ""Data Source","World Development Indicat…".',
    'The first line is read as the names of the columns, though some of them are numbers.',
    'Lines end with ",": this is not read as a column.',
  ]);
});

test.each([
  ['remarks as long as the table', '# made by x\n# on y\n# for z\nid,name\n1,a\n', [['1', 'a']]],
  [
    'line feeds in quotes, where carriage returns end lines',
    'id,name\r1,"a\nb"\r2,c\r',
    [
      ['1', 'a\nb'],
      ['2', 'c'],
    ],
  ],
])('%s are seen through', async (_what, text, rows) => {
  await trial.write('t.csv', text);
  const loaded = await trial.load('t');
  expect({ types: loaded.types, rows: loaded.rows, bad: loaded.bad }).toEqual({ types: { id: 'BIGINT', name: 'VARCHAR' }, rows, bad: [] });
  expect(loaded.sums).toEqual(loaded.extract.sums);
});
