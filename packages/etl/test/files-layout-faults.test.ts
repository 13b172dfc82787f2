import { afterAll, beforeAll, expect, test } from 'vitest';
import { FilesTrial } from './support/files-load.ts';

/* CSV files that nobody can read as they are: a file as a whole, or single rows of it. */

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

test.each<[string, string | Buffer, RegExp]>([
  ['a header that is no UTF-8', Buffer.from('Stra\xdfe,n\nx,1\n', 'latin1'), /line 1.*not UTF-8.*encoding/],
  ['two names that would look alike', Buffer.from('Stra\xdfe,Stra\xdce\n1,2\n', 'latin1'), /line 1.*not UTF-8.*encoding/],
  ['a NUL in a name', 'a\0,a\n1,2\n', /line 1.*NUL/],
  ['a NUL in a header of texts', 'a\0,b\nx,y\n', /line 1.*NUL/],
  ['more names than values', 'a,b,c\n1,2\n3,4\n', /line 1.*3 columns.*2 values/],
  ['fewer names than values', 'a,b\n1,2,3\n4,5,6\n', /line 1.*2 columns.*3 values/],
  ['a quote that breaks the header', 'a,"b" c\n1,"2"\n3,"4,5"\n', /line 1.*quote/],
])('%s is told before anything is read', async (_what, content, reason) => {
  expect(await trial.reasonOf(content)).toMatch(reason);
});

test('rows that are no text in the encoding of their file are bad rows', async () => {
  const half = Buffer.from('\ufeffid,name\n1,x\ud800y\n2,\ufffd\n', 'utf16le');
  await trial.write('t.csv', half);
  const { bad, rows } = await trial.load({ name: 't', from: 't.csv' });
  expect(bad.map(({ line, reason }) => [line, reason])).toEqual([[2, 'it is not utf-16le']]);
  expect(rows).toEqual([['2', '\ufffd']]);
});

test('quotes that are escaped with a backslash are told as bad rows: no other value gets its quotes as letters', async () => {
  await trial.write('t.csv', 'id,name\n1,"a \\"q\\" b"\n2,"plain"\n3,"other"\n');
  const { rows, bad } = await trial.load('t');
  expect(rows).toEqual([
    ['2', 'plain'],
    ['3', 'other'],
  ]);
  expect(bad.map(({ line }) => line)).toEqual([2]);
});
