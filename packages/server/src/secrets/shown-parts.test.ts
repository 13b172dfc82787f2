import { expect, test } from 'vitest';
import { shownParts } from './shown-parts.ts';

test.each([
  ['postgres://me:word@host:5432/db', 'postgres', 'host:5432', 'db'],
  ['postgresql://me:word@host/db?sslmode=require&password=word', 'postgres', 'host', 'db'],
  ['postgres://me:wo%40rd@[::1]:5432/my%20db', 'postgres', '[::1]:5432', 'my db'],
  ['postgres://me:word@one:1,two:2/db?target_session_attrs=primary', 'postgres', 'one:1,two:2', 'db'],
  ['postgres:///db?host=/run/postgresql&user=me&password=word', 'postgres', '/run/postgresql', 'db'],
  ['postgres://me:w@rd@host/', 'postgres', 'host', null],
])('%s is shown as its kind, host and database', (url, kind, host, database) => {
  expect(shownParts(url)).toEqual({ kind, host, database });
});

test.each([
  ['a path', '/data/files'],
  ['a name', 'shop'],
  ['a password with a slash', 'postgres://me:12/word@host/db'],
  ['a password with a question mark', 'postgres://me:12?word@host/db'],
  ['a password with a hash', 'postgres://me:12#word@host/db'],
  ['a line break', 'postgres://me:word@host/db\n'],
  ['a NUL', 'postgres://me:word@host/db\0'],
  ['a percent sign alone', 'postgres://me:word@host/%'],
])('%s is refused: half of it could be shown', (_what, url) => {
  expect(shownParts(url)).toBeUndefined();
});
