import { Validator } from '@cfworker/json-schema';
import { describe, expect, test } from 'vitest';
import { inexactFault, readJson, withoutEmpty } from './exact-json.ts';
import { faultsOf } from './fault-words.ts';
import { schemaWords } from './schema-words.ts';
import { placeFaults } from './server-faults.ts';
import { withTitles } from './with-titles.ts';

const schema = {
  type: 'object',
  properties: {
    table: { anyOf: [{ type: 'string' }, { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }] },
    verify: { type: 'string', enum: ['sums', 'full'] },
    sample: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
    read: { type: 'object', properties: { skip: { type: 'integer' } } },
    named: { type: 'array', items: { $ref: '#/$defs/name' } },
  },
  required: ['table'],
  $defs: { name: { type: 'string', minLength: 2 } },
};

const faults = (data: unknown) => faultsOf(new Validator(schema as never, '2020-12', false).validate(data).errors, schema);

test('what is wrong is said in words, at its field', () => {
  expect(faults({ table: 1 })).toEqual([]);
  expect(faults({})).toEqual([{ path: ['table'], words: 'must be given' }]);
  expect(faults({ table: true })).toEqual([{ path: ['table'], words: 'must be text, or a whole number, from 0' }]);
  expect(faults({ table: 'x', verify: 'all', sample: 2, read: { skip: 'two' } })).toEqual([
    { path: ['verify'], words: 'must be one of "sums", "full"' },
    { path: ['sample'], words: 'must be 1 or less' },
    { path: ['read', 'skip'], words: 'must be a whole number' },
  ]);
  expect(faults({ table: 'x', named: ['a'] })).toEqual([{ path: ['named', '0'], words: expect.any(String) }]);
});

test('the sentences of the server are put at the fields that they name', () => {
  const sentences = [
    'read.skip must be integer',
    "parameters must have required property 'table'",
    "named.0 must have required property 'from'",
    '"tabel" is not one of its parameters; it has "table"',
  ];
  expect(placeFaults(sentences, Object.keys(schema.properties)).map(({ path }) => path)).toEqual([
    ['read', 'skip'],
    ['table'],
    ['named', '0', 'from'],
    [],
  ]);
});

describe('numbers keep their digits', () => {
  test.each(['9007199254740993', '[12345678901234567890]', '{"a":1e400}'])('or are refused: %s', (text) => {
    expect(readJson(text)).toEqual({ fault: expect.stringContaining('cannot keep all digits') });
  });
  test.each(['9007199254740992', '-0', '1e3', '0.1', '{"a":[1,"9007199254740993"]}'])('%s is read', (text) => {
    expect(readJson(text)).toEqual({ value: JSON.parse(text) });
  });
  test('what was typed into a field, and is past what a number can hold, is found', () => {
    expect(inexactFault({ a: [{ b: Number('9007199254740993') }] })).toContain('9007199254740992');
    expect(inexactFault({ a: [{ b: 2 ** 53 - 1 }, 0.5, 'x', null] })).toBeUndefined();
  });
});

test('what nobody has filled in is left out, and what somebody has emptied is not', () => {
  expect(withoutEmpty({ a: undefined, read: { csv: {}, skip: 0 }, list: [], text: '', none: null, types: {} })).toEqual({
    read: { skip: 0 },
    list: [],
    text: '',
    none: null,
  });
});

test('a schema is said in words, and its branches have names', () => {
  expect(schemaWords(schema.properties.table)).toBe('text, or a whole number, from 0');
  expect(schemaWords({ type: 'array', items: { type: 'object', properties: { name: {}, from: {} } } })).toBe('a list, each an object of name, from');
  expect(schemaWords(true)).toBe('anything');
  expect(withTitles(schema)).toMatchObject({ properties: { table: { anyOf: [{ title: 'text' }, { title: 'a whole number, from 0' }] } } });
});
