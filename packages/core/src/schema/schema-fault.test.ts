import { describe, expect, test } from 'vitest';
import { schemaFault } from './schema-fault.ts';

const ref = (name: string) => ({ $ref: `#/$defs/${name}` });

/** d0 → two of d1 → four of d2 …, by `through`. */
const ladder = (rungs: number, through: (next: object) => object) => ({
  ...ref('d0'),
  $defs: Object.fromEntries(
    Array.from({ length: rungs + 1 }, (_, rung) => [`d${rung}`, rung === rungs ? { type: 'string' } : through(ref(`d${rung + 1}`))]),
  ),
});

const node = { type: 'object', properties: { name: { type: 'string' }, children: { type: 'array', items: ref('Node') } } };

describe('a schema is taken', () => {
  test.each<[string, object]>([
    ['that is empty', {}],
    ['of a tree, which refers to itself further down in the data', { ...ref('Node'), $defs: { Node: node } }],
    ['with definitions in the old place', { properties: { a: { $ref: '#/definitions/A' } }, definitions: { A: { enum: ['x', 'y'] } } }],
    ['with a parameter that is called $ref', { properties: { $ref: { type: 'string' }, $dynamicRef: { type: 'string' }, $id: { type: 'string' } } }],
    ['with data that looks like a reference', { properties: { a: { const: { $ref: 'https://x.example/' }, default: { $ref: 'x' } } } }],
    ['with an anchor', { properties: { a: { $ref: '#there' } }, $defs: { A: { $anchor: 'there', type: 'string' } } }],
    ['with a reference to nothing, which a validator tells', { $ref: '#/$defs/nothing' }],
    ['that is a ladder through the data', ladder(24, (next) => ({ properties: { a: next, b: next } }))],
  ])('%s', (_what, schema) => expect(schemaFault(schema as never)).toBeUndefined());
});

const itself = 'refers to itself without going deeper into the data';

describe('a schema is refused', () => {
  test.each<[string, object, string]>([
    ['whose allOf names itself', { ...ref('A'), $defs: { A: { allOf: [ref('A')] } } }, itself],
    ['that is its own root', { $ref: '#' }, itself],
    ['that comes back by way of others', { $defs: { A: { anyOf: [ref('B')] }, B: { not: { oneOf: [ref('A')] } } } }, itself],
    [
      'that comes back in an if',
      {
        $defs: {
          A: Object.fromEntries([
            ['if', {}],
            ['then', { else: ref('A') }],
          ]),
        },
      },
      itself,
    ],
    ['that comes back in a dependent schema', { $defs: { A: { dependentSchemas: { x: ref('A') } } } }, itself],
    ['that comes back by an anchor', { $defs: { A: { $anchor: 'a', allOf: [{ $ref: '#a' }] } } }, itself],
    ['that comes back by an encoded pointer', { $defs: { 'a/b c': { allOf: [{ $ref: '#/$defs/a~1b%20c' }] } } }, itself],
    ['that comes back to a place that no keyword names', { components: { A: { allOf: [{ $ref: '#/components/A' }] } } }, itself],
    ...['allOf', 'anyOf', 'oneOf'].map((keyword): [string, object, string] => [
      `that is a ladder of $refs by ${keyword}`,
      ladder(24, (next) => ({ [keyword]: [next, next] })),
      'more than 5000 schemas',
    ]),
    [
      'that refers to another page',
      { properties: { a: { $ref: 'https://schemas.example/a.json' } } },
      '"https://schemas.example/a.json" outside of itself',
    ],
    ['that refers to a file', { $ref: 'other.json#/A' }, 'outside of itself'],
    ['with a $dynamicRef', { $dynamicRef: '#a' }, '$dynamicRef'],
    ['with a $recursiveRef', { items: { $recursiveRef: '#' } }, '$recursiveRef'],
    ['that is checked asynchronously', { $async: true }, '$async'],
    ['with a base of its own inside', { $defs: { A: { $id: 'https://x.example/a' } } }, '$id inside'],
    ['with too many references', { allOf: Array.from({ length: 1001 }, () => ref('A')), $defs: { A: {} } }, '1000 $refs'],
    ['with too many parts', { properties: Object.fromEntries(Array.from({ length: 6000 }, (_, index) => [`p${index}`, {}])) }, '5000 parts'],
    [
      'that is a long chain',
      { $defs: Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`d${index}`, ref(`d${index + 1}`)])) },
      'more than',
    ],
    ['that is nested too deep', Array.from({ length: 60 }).reduce<object>((inner) => ({ items: inner }), {}), '50 levels'],
  ])('%s', (_what, schema, words) => expect(schemaFault(schema as never)).toContain(words));
});
