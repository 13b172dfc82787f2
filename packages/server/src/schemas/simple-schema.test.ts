import { isSimpleSchema, surelyFits } from '@sluice/core/schema/simple-schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -0, 1, -1, 1.5, 2, 3, 1e300, '', 'a', 'ab', '😀', '__proto__', 'toString'),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const name = fc.constantFrom('a', 'b', 'toString', '__proto__', 'constructor', '');

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: false }),
  ),
}));

const small = fc.nat({ max: 3 });
const typeName = fc.constantFrom('object', 'array', 'string', 'number', 'integer', 'boolean', 'null', 'nonsense');

const keyword = <T>(key: string, limit: fc.Arbitrary<T>) => fc.tuple(fc.constant(key), limit);

const { schema } = fc.letrec((tie) => ({
  schema: fc.oneof({ maxDepth: 4, depthIdentifier: 'schema' }, { weight: 1, arbitrary: fc.boolean() }, { weight: 4, arbitrary: tie('object') }),
  object: fc
    .array(
      fc.oneof(
        keyword('$schema', fc.constantFrom('https://json-schema.org/draft/2020-12/schema', 'x', 1)),
        keyword('title', fc.constantFrom<unknown>('t', 1)),
        keyword('default', scalar),
        keyword('examples', fc.constantFrom<unknown>([1], 'x')),
        keyword('type', fc.oneof(typeName, fc.array(typeName, { maxLength: 3 }))),
        keyword('enum', fc.array(scalar, { maxLength: 4 })),
        keyword('const', scalar),
        keyword('minimum', fc.oneof(small, fc.constant('1'))),
        keyword('maximum', small),
        keyword('exclusiveMinimum', small),
        keyword('exclusiveMaximum', fc.oneof(small, fc.constant(true))),
        keyword('minLength', fc.oneof(small, fc.constant(-1))),
        keyword('maxLength', small),
        keyword('minItems', small),
        keyword('maxItems', fc.oneof(small, fc.constant(1.5))),
        keyword('required', fc.array(name, { maxLength: 2 })),
        keyword('properties', fc.dictionary(name, tie('schema'), { maxKeys: 3, noNullPrototype: false })),
        keyword('additionalProperties', tie('schema')),
        keyword('items', fc.oneof(tie('schema'), fc.array(tie('schema'), { maxLength: 2 }))),
        keyword('allOf', fc.array(tie('schema'), { maxLength: 2 })),
        keyword('anyOf', fc.array(tie('schema'), { maxLength: 2 })),
        // Not in the table: they must never be taken for known.
        fc.constantFrom<[string, unknown]>(['not', {}], ['pattern', 'a'], ['patternProperties', { a: false }], ['uniqueItems', true]),
      ),
      { maxLength: 3 },
    )
    .map((entries) => Object.fromEntries(entries)),
}));

const ajv = new Ajv2020({ strict: false, addUsedSchema: false, ownProperties: true });

test('what is told to be simple, and to fit, is so by the reference validator too', () => {
  let simple = 0;
  let fitting = 0;
  fc.assert(
    fc.property(schema, value, (someSchema, someValue) => {
      if (!isSimpleSchema(someSchema)) {
        expect(surelyFits(someSchema, someValue)).toBe(false);
        return;
      }
      simple++;
      const validate = ajv.compile(someSchema as object);
      if (surelyFits(someSchema, someValue)) {
        fitting++;
        expect(validate(someValue), JSON.stringify({ someSchema, someValue })).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
  expect(simple, 'the property is about something').toBeGreaterThan(200);
  expect(fitting, 'the property is about something').toBeGreaterThan(50);
});

test('the schemas of our own flows need no validator', () => {
  const own = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { table: { type: 'string', minLength: 1 }, retries: { type: 'integer', minimum: 0, maximum: 9_007_199_254_740_991 } },
    required: ['table'],
    additionalProperties: false,
  };
  expect(isSimpleSchema(own)).toBe(true);
  expect(surelyFits(own, { table: 'orders', retries: 3 })).toBe(true);
  expect(surelyFits(own, { table: 'orders', other: 3 })).toBe(false);
});

test('a value that is too large to look at is left to the validator, in the same time', () => {
  const wide = { properties: { list: { items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } } } };
  expect(surelyFits(wide, { list: Array.from({ length: 10 }, () => 1) })).toBe(true);
  expect(surelyFits(wide, { list: Array.from({ length: 100_000 }, () => 1) })).toBe(false);
});
