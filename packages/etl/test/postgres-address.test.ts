import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressesOf } from '../src/postgres/address/addresses.ts';
import { readLibpqUrl, withLogin } from '../src/postgres/address/libpq-url.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-passfile-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Who, where and by which ways, in short. */
function short(url: string, env: NodeJS.ProcessEnv = {}) {
  const { hosts, wanted } = addressesOf(url, { PGPASSFILE: '/nowhere', ...env });
  const ways = hosts[0]?.ways.map((way) => (way === false ? 'plain' : 'encrypted')).join(', then ');
  return [hosts.map(({ user, host, port, database }) => `${user}@${host}:${port}/${database}`).join(' '), ways, wanted];
}

const me = userInfo().username;
const either = 'encrypted, then plain';

test.each<[url: string, env: NodeJS.ProcessEnv, where: string, ways: string, wanted: string]>([
  ['postgres://ada@db.example.com/shop', {}, 'ada@db.example.com:5432/shop', either, 'any'],
  ['postgresql://db.example.com/shop', {}, `${me}@db.example.com:5432/shop`, either, 'any'],
  ['postgres://db.example.com/shop', { PGUSER: 'ada' }, 'ada@db.example.com:5432/shop', either, 'any'],
  ['postgres://bob@db.example.com/shop', { PGUSER: 'ada' }, 'bob@db.example.com:5432/shop', either, 'any'],
  ['postgres://bob@db.example.com', {}, 'bob@db.example.com:5432/bob', either, 'any'],
  ['postgres://bob@db.example.com', { PGDATABASE: 'shop', PGPORT: '6000' }, 'bob@db.example.com:6000/shop', either, 'any'],
  ['postgres://bob@/shop', { PGHOST: 'there' }, 'bob@there:5432/shop', either, 'any'],
  ['postgres:///shop?host=/run/pg&port=6000&user=bob', {}, 'bob@/run/pg:6000/shop', 'plain', 'any'],
  ['postgres://bob@%2Frun%2Fpg/shop', {}, 'bob@/run/pg:5432/shop', 'plain', 'any'],
  ['postgres://bob@[::1]:6000/shop', {}, 'bob@::1:6000/shop', either, 'any'],
  ['postgres://bob@one,two:6001/shop', {}, 'bob@one:5432/shop bob@two:6001/shop', either, 'any'],
  ['postgres://bob@one:1,[::1]:2/shop?target_session_attrs=primary', {}, 'bob@one:1/shop bob@::1:2/shop', either, 'primary'],
  ['postgres://bob@h/shop?host=one,two&port=7', {}, 'bob@one:7/shop bob@two:7/shop', either, 'any'],
  ['postgres://bob%40work:p%2Fw@h/my%20shop', {}, 'bob@work@h:5432/my shop', either, 'any'],
  ['postgres://bob@h/shop?sslmode=disable', {}, 'bob@h:5432/shop', 'plain', 'any'],
  ['postgres://bob@h/shop?sslmode=allow', {}, 'bob@h:5432/shop', 'plain, then encrypted', 'any'],
  ['postgres://bob@h/shop', { PGSSLMODE: 'require' }, 'bob@h:5432/shop', 'encrypted', 'any'],
  ['postgres://bob@h/shop?sslmode=disable', { PGSSLMODE: 'require' }, 'bob@h:5432/shop', 'plain', 'any'],
  ['postgres://bob@h/shop?sslmode=verify-full', {}, 'bob@h:5432/shop', 'encrypted', 'any'],
  ['postgres://bob@h/shop?sslmode=require&channel_binding=require', {}, 'bob@h:5432/shop', 'encrypted', 'any'],
  ['postgres://bob@h/shop?ssl=true', { PGSSLMODE: 'disable' }, 'bob@h:5432/shop', 'encrypted', 'any'],
  ['postgres://bob@/shop', { PGHOST: 'one,two', PGPORT: '6001,6002' }, 'bob@one:6001/shop bob@two:6002/shop', either, 'any'],
  ['postgres://bob@/shop', { PGHOST: 'one,two', PGPORT: '6001' }, 'bob@one:6001/shop bob@two:6001/shop', either, 'any'],
  ['postgres://bob@h/shop', { PGTARGETSESSIONATTRS: 'read-write' }, 'bob@h:5432/shop', either, 'read-write'],
])('%s with %o is %s, %s, %s', (url, env, ...expected) => {
  expect(short(url, env)).toEqual(expected);
});

test.each(['mysql://h/d', 'postgres://u@host:port/d', 'postgres://u@h:0/d', 'postgres://u@h:99999/d', 'postgres://u@%zz/d', 'postgres//h/d', 'shop'])(
  '%s is no URL of PostgreSQL',
  (url) => {
    expect(readLibpqUrl(url)).toBeUndefined();
  },
);

test.each([
  ['sslmode', 'postgres://u@h/d?sslmode=perhaps', /sslmode=perhaps.*not known/, /disable, allow, prefer/],
  ['target_session_attrs', 'postgres://u@h/d?target_session_attrs=writable', /target_session_attrs=writable/, /read-write/],
  ['a mistyped parameter', 'postgres://u@h/d?sslmod=require', /"sslmod".*not known/, /Did you mean sslmode/],
  ['a parameter of another program', 'postgres://u@h/d?schema=sales', /"schema".*not known/, /Leave it out.*sslmode/],
  ['a service', 'postgres://u@h/d?service=shop', /"service".*not known/, /leave it out/i],
  ['connect_timeout', 'postgres://u@h/d?connect_timeout=10s', /connect_timeout=10s/, /connect_timeout=10/],
  ['a root certificate', 'postgres://u@h/d?sslmode=verify-ca', /no root certificate/, /sslrootcert=/],
  ['a file of certificates', 'postgres://u@h/d?sslmode=verify-ca&sslrootcert=/nowhere/ca.crt', /cannot be read/, /sslrootcert/],
])('%s that cannot be used is told, with what can', (_, url, message, hint) => {
  const refuse = () => addressesOf(url, {});
  expect(refuse).toThrow(
    expect.objectContaining({ code: 'SOURCE_UNREACHABLE', message: expect.stringMatching(message), hint: expect.stringMatching(hint) }),
  );
});

test('a login is put into a URL, and nothing else changes', () => {
  expect(withLogin('postgres://one:1,two/shop?sslmode=allow', 'a@b', 'p/w:?')).toBe('postgres://a%40b:p%2Fw%3A%3F@one:1,two/shop?sslmode=allow');
  expect(withLogin('postgresql://bob:x@one', 'ada', undefined)).toBe('postgresql://ada@one');
  expect(readLibpqUrl(withLogin('postgres://h/d', 'ä b', '%'))).toMatchObject({ user: 'ä b', password: '%' });
});

const passwords = (url: string, env: NodeJS.ProcessEnv) => addressesOf(url, env).hosts.map(({ password }) => password);

test('a password comes from the URL, PGPASSWORD, or the first line of the password file that fits', async () => {
  const file = join(folder, 'pgpass');
  await writeFile(file, '# mine\none:5432:shop:bob:first\none:5432:*:*:sec\\:ond\n*:6000:*:bob:th\\\\ird\nlocalhost:*:*:*:socket\n');
  await chmod(file, 0o600);
  const env = { PGPASSFILE: file };
  expect(passwords('postgres://bob@one/shop', env)).toEqual(['first']);
  expect(passwords('postgres://ada@one/shop', env)).toEqual(['sec:ond']);
  expect(passwords('postgres://bob@one,two:6000,three/shop', env)).toEqual(['first', 'th\\ird', undefined]);
  expect(passwords('postgres://bob@%2Frun/shop', env)).toEqual(['socket']);
  expect(passwords('postgres://bob@one/shop', { ...env, PGPASSWORD: 'mine' })).toEqual(['mine']);
  expect(passwords('postgres://bob:url@one/shop', { ...env, PGPASSWORD: 'mine' })).toEqual(['url']);
  expect(passwords(`postgres://bob@one/shop?passfile=${encodeURIComponent(file)}`, {})).toEqual(['first']);
  await chmod(file, 0o644);
  expect(passwords('postgres://bob@one/shop', env)).toEqual([undefined]);
});
