import { expect, test } from 'vitest';
import { expectApiVersion } from './api-version.ts';

test.each([undefined, '', '0.8.0', '0.8.4', '0.9.0', '1.0.0'])('a client of API %s is served', (header) => {
  expect(() => expectApiVersion(header)).not.toThrow();
});

test.each(['0.7.9', '0.0.99', 'nonsense', '0.8', '0.8.4.1', '-1.8.4', '0.8.x'])('a client of API %s is refused', (header) => {
  expect(() => expectApiVersion(header)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_API_VERSION' }));
});
