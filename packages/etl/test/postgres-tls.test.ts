import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectPostgres } from '../src/postgres/connect.ts';
import { postgresUrl } from '../src/sources/postgres/source-url.ts';
import { certificate, type Pool, startPgbouncer } from './support/pgbouncer.ts';
import { openTestSource, type TestSource } from './support/postgres-source.ts';

let source: TestSource;
let pools: { readonly [kind in 'plain' | 'either' | 'encrypted' | 'trusting']: Pool };
beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
  pools = {
    plain: await startPgbouncer(source.url, { tls: 'disable' }),
    either: await startPgbouncer(source.url, { tls: 'allow' }),
    encrypted: await startPgbouncer(source.url, { tls: 'require' }),
    trusting: await startPgbouncer(source.url, { auth: 'trust' }),
  };
});
afterAll(async () => {
  for (const pool of Object.values(pools)) await pool[Symbol.asyncDispose]();
  await source[Symbol.asyncDispose]();
});

const at = (server: keyof typeof pools, parameters = '', hostname = 'localhost'): string =>
  `${Object.assign(new URL(pools[server].url), { hostname }).href}?${parameters}`;

/** Whether the session is encrypted. */
async function session(url: string): Promise<'encrypted' | 'plain'> {
  const client = await connectPostgres(url);
  const { stream } = Reflect.get(client, 'connection') as { stream: unknown };
  await client.query('select 1');
  await client.end();
  return stream instanceof TLSSocket ? 'encrypted' : 'plain';
}

const root = `sslrootcert=${encodeURIComponent(certificate('ca.crt'))}`;
const another = `sslrootcert=${encodeURIComponent(certificate('other-ca.crt'))}`;

test.each([
  ['plain', '', 'plain'],
  ['plain', 'sslmode=allow', 'plain'],
  ['plain', 'sslmode=prefer', 'plain'],
  ['either', '', 'encrypted'],
  ['either', 'sslmode=allow', 'plain'],
  ['either', 'sslmode=disable', 'plain'],
  ['either', 'sslmode=require', 'encrypted'],
  ['encrypted', '', 'encrypted'],
  ['encrypted', 'sslmode=allow', 'encrypted'],
  ['encrypted', 'sslmode=require', 'encrypted'],
  ['encrypted', `sslmode=require&${root}`, 'encrypted'],
  ['encrypted', `sslmode=prefer&${another}`, 'encrypted'],
  ['encrypted', `sslmode=verify-ca&${root}`, 'encrypted'],
  ['encrypted', `sslmode=verify-full&${root}`, 'encrypted'],
] as const)('at a server that takes %s sessions, %s is %s', async (server, parameters, expected) => {
  expect(await session(at(server, parameters))).toBe(expected);
});

test('verify-ca asks who has signed, and not for which host', async () => {
  expect(await session(at('encrypted', `sslmode=verify-ca&${root}`, '127.0.0.1'))).toBe('encrypted');
});

test.each([
  ['no encryption where it is asked for', () => at('plain', 'sslmode=require'), /does not encrypt/],
  ['encryption where none is wanted', () => at('encrypted', 'sslmode=disable'), /SSL required/],
  ['another authority', () => at('encrypted', `sslmode=verify-ca&${another}`), /certificate/],
  ['another authority, named with require', () => at('encrypted', `sslmode=require&${another}`), /certificate/],
  ['another host', () => at('encrypted', `sslmode=verify-full&${root}`, '127.0.0.1'), /certificate/],
  ['an authority that the system does not know', () => at('encrypted', 'sslmode=verify-full'), /certificate/],
  ['a wrong password, encrypted or not', () => at('either', '').replace(/:[^:@]*@/, ':wrong@'), /does not let/],
])('%s is told', async (_, url, message) => {
  await expect(session(url())).rejects.toMatchObject({
    code: 'SOURCE_UNREACHABLE',
    message: expect.stringMatching(message),
    hint: expect.any(String),
  });
});

const hosts = (parameters: string, ...ports: string[]) => {
  const { username, password, pathname } = new URL(source.url);
  return `postgres://${username}:${password}@${ports.map((port) => `127.0.0.1:${port}`).join(',')}${pathname}?${parameters}`;
};

test('of several hosts the first one that will do is taken', async () => {
  const { port } = new URL(source.url);
  for (const kind of ['any', 'read-write', 'primary', 'prefer-standby']) {
    expect(await session(hosts(`target_session_attrs=${kind}`, '1', port))).toBe('plain');
  }
  await expect(session(hosts('target_session_attrs=standby', '1', port))).rejects.toMatchObject({
    code: 'SOURCE_UNREACHABLE',
    message: expect.stringMatching(/127\.0\.0\.1:1 does not answer.*is not standby/),
  });
  await expect(session(hosts('target_session_attrs=read-only', port))).rejects.toMatchObject({ message: expect.stringMatching(/is not read-only/) });
  // A host that does not let us in is not passed over for the next one.
  await expect(session(hosts('', port, port).replace(/:[^:@]*@/, ':wrong@'))).rejects.toMatchObject({
    message: expect.stringMatching(/does not let/),
  });
});

async function asked(url: string, answer: string | undefined) {
  const questions: string[] = [];
  const complete = await postgresUrl.complete(url, async (question) => {
    questions.push(question);
    return answer;
  });
  return { complete, questions };
}

test('a password is asked for only by a server that wants one that nobody has noted', async () => {
  const bare = (url: string) => url.replace(/:[^:@]*@/, '@');
  const trusted = await asked(bare(pools.trusting.url), 'not needed');
  expect(trusted).toEqual({ complete: bare(pools.trusting.url), questions: [] });
  const wanted = await asked(bare(source.url), 'p@ss');
  expect(wanted.questions).toEqual([expect.stringMatching(/^Password of sluice at 127\.0\.0\.1:\d+: $/)]);
  expect(new URL(wanted.complete).password).toBe('p%40ss');
  process.env['PGPASSWORD'] = 'noted';
  try {
    expect(await asked(bare(source.url), 'x')).toMatchObject({ questions: [], complete: expect.stringContaining(':noted@') });
  } finally {
    delete process.env['PGPASSWORD'];
  }
});
