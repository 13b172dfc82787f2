import { expect, test } from 'vitest';
import { hideSecrets, keepHidden, splitReferences } from './block-data.ts';

test.each([
  [['value'], { value: 'hush', other: 1 }, { value: '********', other: 1 }],
  [['value'], { value: { a: 1 } }, { value: '********' }],
  [['value'], { value: null }, { value: null }],
  [['value'], {}, {}],
  [['a.b'], { a: { b: 'hush', c: 1 } }, { a: { b: '********', c: 1 } }],
  [['a.*'], { a: { b: 'hush', c: { d: 'hush' } }, e: 1 }, { a: { b: '********', c: { d: '********' } }, e: 1 }],
  [['a.b'], { a: 'text' }, { a: 'text' }],
  [['a', 'b'], { a: 1, b: 2 }, { a: '********', b: '********' }],
])('secrets at %j of %j are hidden', (fields, data, hidden) => {
  expect(hideSecrets(data, fields)).toEqual(hidden);
});

test('a secret that comes back hidden stays as it is, and another one is taken', () => {
  const current = { value: 'old', headers: { a: 'one', b: 'two' } };
  const fields = ['value', 'headers.*'];
  expect(keepHidden({ value: '********', headers: { a: '********', b: 'new' } }, current, fields)).toEqual({
    value: 'old',
    headers: { a: 'one', b: 'new' },
  });
  expect(keepHidden({ value: 'new', other: '********' }, current, fields)).toEqual({ value: 'new', other: '********' });
});

test('fields that are other blocks are told apart', () => {
  const data = { a: { $ref: { block_document_id: 'id' } }, b: { c: { $ref: {} } }, d: { $ref: 'x' }, e: null };
  expect(splitReferences(data)).toEqual({ own: { b: { c: { $ref: {} } }, e: null }, references: { a: 'id', d: undefined } });
});
