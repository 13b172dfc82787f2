import type { JsonObject } from '@sluice/core/lib/json';
import { describe, expect, test } from 'vitest';
import { readParameters } from '../src/parameters/read-parameters.ts';

const read = (single: string[], whole?: string, schema: JsonObject | null = null) => readParameters({ single, whole }, schema);
const one = (text: string, schema: JsonObject) => read([`x=${text}`], undefined, { properties: { x: schema } })['x'];

describe('a parameter', () => {
  test('is JSON where it is some, else text', () => {
    expect(read(['a=1', 'b=true', 'c=x=y', 'd=[1]', 'e=', 'f="1"'])).toEqual({ a: 1, b: true, c: 'x=y', d: [1], e: '', f: '1' });
  });

  test('that the deployment takes as text stays text', () => {
    expect(read(['table=0', 'rows=0'], undefined, { properties: { table: { type: 'string' }, rows: { type: 'integer' } } })).toEqual({
      table: '0',
      rows: 0,
    });
  });

  test('goes over that of the whole', () => {
    expect(read(['a=2'], '{"a": 1, "b": 1}')).toEqual({ a: 2, b: 1 });
  });

  test.each([{ whole: '{' }, { whole: '[]' }, { whole: 'null' }])('is not in $whole', ({ whole }) => {
    expect(() => read([], whole)).toThrow(/--params is not/);
  });
});

describe('a number whose text would change', () => {
  const CHANGED = [
    '12345678901234567890',
    '9007199254740993',
    '1.10',
    '1.0',
    '250.00',
    '1e400',
    '-0',
    '1e3',
    '0x10',
    '007',
    '+5',
    'NaN',
    '.5',
    '1_000',
  ];

  test.each(CHANGED)('%s stays text where nothing says what it is', (text) => {
    expect(read([`x=${text}`])).toEqual({ x: text });
  });

  test.each(['1', '-7', '1.1', '0', '2026'])('%s is a number there', (text) => {
    expect(read([`x=${text}`])).toEqual({ x: Number(text) });
  });

  test.each(CHANGED)('%s stays text where a text is wanted, however the schema says that', (text) => {
    for (const schema of [
      { type: 'string' },
      { type: ['string', 'null'] },
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      { enum: ['a', 'b'] },
      { $ref: '#/$defs/T' },
    ]) {
      expect(read([`x=${text}`], undefined, { properties: { x: schema }, $defs: { T: { type: 'string' } } })).toEqual({ x: text });
    }
  });

  test.each([
    ['1.10', 1.1],
    ['250.00', 250],
    ['1e3', 1000],
  ])('%s is the number %d where a number is wanted', (text, number) => {
    expect(one(text, { type: 'number' })).toBe(number);
    expect(one(text, { anyOf: [{ type: 'number' }, { type: 'null' }] })).toBe(number);
  });

  test.each(['12345678901234567890', '9007199254740993', '1e400', '0.1000000000000000055511151231257827'])(
    '%s is refused where a number is wanted and none holds it',
    (text) => {
      expect(() => one(text, { type: 'number' })).toThrow(`The parameter x is ${text}, which would become`);
    },
  );

  test('that none holds is a text where either may stand', () => {
    expect(one('12345678901234567890', { type: ['integer', 'string'] })).toBe('12345678901234567890');
    expect(one('5', { type: ['integer', 'string'] })).toBe(5);
  });

  test.each([
    ['integer', '007'],
    ['integer', '1.5'],
    ['number', 'NaN'],
    ['number', '+5'],
    ['boolean', 'True'],
    ['boolean', '1'],
    ['array', 'a,b'],
    ['object', '1'],
  ])('or that is none is refused, with what to write: %s %s', (type, text) => {
    expect(() => one(text, { type })).toThrow(expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('The parameter x is') }));
  });

  test('is looked for in --params and inside of values too', () => {
    expect(() => read([], '{"id": 12345678901234567890}')).toThrow(
      'The parameter id is 12345678901234567890, which would become 12345678901234567000.',
    );
    expect(() => read([], '{"a": {"b": [1, 1.10]}}')).toThrow('The parameter a.b[1] is 1.10, which would become 1.1.');
    expect(() => read(['a={"b":1e400}'])).toThrow('The parameter a.b is 1e400');
    expect(read([], '{"a": 1e-05}')).toEqual({ a: 1e-5 });
  });

  test('is what the schema says inside of values too', () => {
    const schema = {
      properties: { orders: { type: 'array', items: { $ref: '#/$defs/Order' } }, any: { additionalProperties: { type: 'number' } } },
      $defs: { Order: { type: 'object', properties: { id: { type: 'string' }, price: { type: 'number' } } } },
    };
    expect(read([], '{"orders": [{"id": 12345678901234567890, "price": 1.10}, {"id": 5}], "any": {"a": 1.0}}', schema)).toEqual({
      orders: [{ id: '12345678901234567890', price: 1.1 }, { id: '5' }],
      any: { a: 1 },
    });
    expect(() => read(['orders=[{"price": 9007199254740993}]'], undefined, schema)).toThrow('The parameter orders[0].price is 9007199254740993');
  });

  test('a schema that refers to itself does no harm', () => {
    expect(read(['x=1.10'], undefined, { properties: { x: { $ref: '#/$defs/A' } }, $defs: { A: { anyOf: [{ $ref: '#/$defs/A' }] } } })).toEqual({
      x: '1.10',
    });
  });
});
