import { expect, test } from 'vitest';
import { parseTextQuery } from './text-query.ts';

test.each([
  ['', {}],
  ['   ', {}],
  ['error', { any: ['error'] }],
  ['error  timeout', { any: ['error', 'timeout'] }],
  ['error -debug !trace', { any: ['error'], none: ['debug', 'trace'] }],
  ['+reset +peer by', { all: ['reset', 'peer'], any: ['by'] }],
  ['"connection reset"', { any: ['connection reset'] }],
  ['-"by peer" +"of orders"', { none: ['by peer'], all: ['of orders'] }],
  ['"never closed', { any: ['never closed'] }],
  [String.raw`"say \"no\" to C:\\new\n"`, { any: [String.raw`say "no" to C:\new\n`] }],
  ['"ends with \\', { any: ['ends with \\'] }],
  ['- + ! a', { any: ['a'] }],
  ['--a', { none: ['-a'] }],
  ['one-two a!', { any: ['one-two', 'a!'] }],
  ['one"two three"', { any: ['one', 'two three'] }],
  ['"" "  " -""', {}],
  ['100% _x', { any: ['100%', '_x'] }],
])('the query %j is read as %j', (query, terms) => {
  expect(parseTextQuery(query)).toEqual({ any: [], all: [], none: [], ...terms });
});
