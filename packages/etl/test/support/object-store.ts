import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, vi } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';

/** An object store of PyPI (moto), on this machine's loopback. */
const PROGRAM = 'moto_server';

/** Whether it is installed here; in CI it has to be. */
export const hasObjectStore = spawnSync(PROGRAM, ['--help']).status === 0;
if (process.env['CI'] && !hasObjectStore) throw new Error('moto_server is missing: .ci/run installs it.');

/** Tests that need one. */
export const describeWithStore = describe.skipIf(!hasObjectStore);

export const STORE_KEY = 'key-that-nobody-may-read';

export interface TestStore extends AsyncDisposable {
  readonly url: string;
  put(key: string, content: string | Buffer): Promise<void>;
  remove(key: string): Promise<void>;
  /** From now on it checks signatures, for the time of `work`, which has the only key that may read. */
  locked(work: () => Promise<void>): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts one with a bucket called `bucket`, which lists so many objects at a time, and sets the variables by which it is found. */
export async function startObjectStore({ page = 1000 } = {}): Promise<TestStore> {
  const port = await freePort();
  const store = spawn(PROGRAM, ['-H', '127.0.0.1', '-p', `${port}`], {
    stdio: 'ignore',
    env: { ...process.env, MOTO_S3_DEFAULT_MAX_KEYS: `${page}` },
  });
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => expect((await fetch(`${url}/bucket`, { method: 'PUT' })).ok).toBe(true));
  const variables = { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: STORE_KEY, AWS_REGION: 'us-east-1' };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const ask = async (key: string, options: RequestInit) => {
    const answer = await fetch(`${url}/bucket/${key.split('/').map(encodeURIComponent).join('/')}`, options);
    expect(answer.status, await answer.text()).toBeLessThan(300);
  };
  return {
    url,
    put: (key, content) => ask(key, { method: 'PUT', body: typeof content === 'string' ? content : new Uint8Array(content) }),
    remove: (key) => ask(key, { method: 'DELETE', headers: { authorization: signedFor('s3') } }),
    locked: (work) => lockedBy(url, work),
    async [Symbol.asyncDispose]() {
      vi.unstubAllEnvs();
      const gone = once(store, 'exit');
      store.kill('SIGKILL');
      await gone;
    },
  };
}

/** It reads who asks, and does not look at the signature yet. */
const signedFor = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=id/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

async function lockedBy(url: string, work: () => Promise<void>): Promise<void> {
  const iam = async (action: string, more: Record<string, string> = {}) => {
    const body = new URLSearchParams({ Action: action, Version: '2010-05-08', UserName: 'reader', ...more });
    const headers = { authorization: signedFor('iam') };
    return (await fetch(url, { method: 'POST', body, headers })).text();
  };
  const lock = (free: string) => fetch(`${url}/moto-api/reset-auth`, { method: 'POST', body: free });
  await iam('CreateUser');
  const statement = { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: '*' };
  await iam('PutUserPolicy', { PolicyName: 'reads', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) });
  const key = await iam('CreateAccessKey');
  const part = (name: string) => new RegExp(`<${name}>([^<]+)`).exec(key)?.[1];
  vi.stubEnv('AWS_ACCESS_KEY_ID', part('AccessKeyId'));
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', part('SecretAccessKey'));
  await lock('0');
  try {
    await work();
  } finally {
    await lock('inf');
  }
}
