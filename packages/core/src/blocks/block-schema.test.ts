import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseExactJson } from '../lib/exact-json.ts';
import { type BlockFields, checksumText, nestedBlocks } from './block-schema.ts';
import { exactJson, pythonJson } from './python-json.ts';

interface System {
  readonly slug: string;
  readonly schemas: readonly { readonly checksum: string; readonly fields: BlockFields }[];
}

const FILE = new URL('../../../server/registry/system-block-types.json', import.meta.url);
const system = parseExactJson(readFileSync(FILE, 'utf8')) as System[];
const checksum = (fields: BlockFields) => `sha256:${createHash('sha256').update(checksumText(fields)).digest('hex')}`;

describe('the checksum of a schema is the one that Prefect computes', () => {
  const cases = system.flatMap(({ slug, schemas }) => schemas.map((schema) => ({ slug, ...schema })));
  test.each(cases)('$slug, $checksum', ({ fields, checksum: said }) => {
    expect(checksum(fields)).toBe(said);
  });

  test('whatever its secret fields are, and whatever blocks inside are like', () => {
    const fields = { properties: { a: { $ref: '#/definitions/Inner' } }, definitions: { Inner: { block_type_slug: 'inner', title: 'x' } } };
    const other = { ...fields, secret_fields: ['a.b'], definitions: { Inner: { block_type_slug: 'inner', title: 'y' } } };
    expect(checksum(other)).toBe(checksum(fields));
    expect(checksum({ ...fields, definitions: { Inner: { title: 'y' } } })).not.toBe(checksum(fields));
  });

  test('of definitions that refer to themselves comes to an end', () => {
    const Tree = { properties: { inner: { $ref: '#/definitions/Tree' } } };
    expect(checksum({ properties: { a: { $ref: '#/definitions/Tree' } }, definitions: { Tree } })).toMatch(/^sha256:/);
  });
});

test.each([
  ['60.0', '60.0'],
  ['60', '60'],
  ['1e-5', '1e-05'],
  ['0.0001', '0.0001'],
  ['0.1', '0.1'],
  ['1e16', '1e+16'],
  ['1e15', '1000000000000000.0'],
  ['1.5e300', '1.5e+300'],
  ['-0.5', '-0.5'],
  ['12345678901234567890', '12345678901234567890'],
  ['"ö 🙂\\u007f\\n\\"/"', '"\\u00f6 \\ud83d\\ude42\\u007f\\n\\"/"'],
  ['{"b":[1,null,true],"a":{}}', '{"a": {}, "b": [1, null, true]}'],
])('%s is %s in Python', (text, python) => {
  expect(pythonJson(parseExactJson(text))).toBe(python);
});

test('JSON keeps the texts of its numbers', () => {
  const text = '{"a":[60.0,1,1.10,"x"],"b":{"c":12345678901234567890}}';
  expect(exactJson(parseExactJson(text))).toBe(text);
});

test('the blocks inside of a schema are told with all that they need', () => {
  const Leaf = { block_type_slug: 'leaf', title: 'Leaf', properties: { mode: { $ref: '#/definitions/Mode' } } };
  const Mode = { enum: ['a'] };
  const fields = {
    properties: { leaf: { $ref: '#/definitions/Leaf' } },
    block_schema_references: { leaf: { block_type_slug: 'leaf', block_schema_checksum: 'sha256:1' } },
    definitions: { Leaf, Mode, Other: {} },
  };
  expect(nestedBlocks(fields)).toEqual([{ block_type_slug: 'leaf', block_schema_checksum: 'sha256:1', fields: { ...Leaf, definitions: { Mode } } }]);
  expect(nestedBlocks({})).toEqual([]);
});
