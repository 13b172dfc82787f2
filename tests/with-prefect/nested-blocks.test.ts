import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { follow } from '../../packages/cli/test/support/sluice.ts';
import { job, login, plan } from '../../packages/sdk/test/fixtures/shop-blocks.ts';
import { seconds } from '../support/patience.ts';
import { installPrefect, startPrefectServer } from '../support/prefect-package.ts';

/* Blocks inside of blocks: what one language has saved the other loads, and saves again. */

const PYTHON = `
import sys
from typing import Optional
from prefect.blocks.core import Block
import prefect
if prefect.__version__.startswith("2."):
    from pydantic.v1 import SecretStr
else:
    from pydantic import SecretStr

class ShopLogin(Block):
    _block_type_slug = "shop-login"
    user: str
    password: SecretStr

class ShopJob(Block):
    _block_type_slug = "shop-job"
    table: str
    login: ShopLogin
    spare: Optional[ShopLogin] = None

class ShopPlan(Block):
    _block_type_slug = "shop-plan"
    job: ShopJob

def told(job):
    return f"{job.table} {job.login.user} {job.login.password.get_secret_value()} {job.spare and job.spare.user} {job.login._block_document_name}"

what = sys.argv[1]
if what == "load":
    print(told(ShopJob.load("ts")))
    print(told(ShopPlan.load("ts").job))
    print(type(Block.load("shop-job/ts")).__name__)
elif what == "change":
    login = ShopLogin(user="py", password="changed")
    login.save("ts", overwrite=True)
    job = ShopJob.load("ts")
    job.table = "changed"
    job.save("ts", overwrite=True)
elif what == "save":
    login = ShopLogin(user="py", password="theirs")
    login.save("py")
    ShopJob(table="lines", login=ShopLogin.load("py"), spare=ShopLogin(user="spare", password="kept inside")).save("py")
    ShopPlan(job=ShopJob.load("py")).save("py")
`;

const OURS = { name: 'a server of ours', start: () => startTestServer(inject('postgres')) };
const THEIRS = { name: "Prefect's own server", start: () => startPrefectServer() };

describe.each([
  { ...OURS, version: '3.9.1' as const },
  { ...OURS, version: '2.13.7' as const },
  { ...THEIRS, version: '3.9.1' as const },
])('on $name, with the client $version', ({ start, version }) => {
  let server: { readonly url: string; stop(): Promise<void> };
  let folder: string;
  let bin: string;

  const python = async (what: string) => {
    const env = { PATH: process.env['PATH'], HOME: folder, PREFECT_HOME: folder, PREFECT_API_URL: server.url };
    const { code, stdout, stderr } = await follow(spawn(join(bin, 'python'), ['blocks.py', what], { cwd: folder, env })).ended;
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    return stdout.trim().split('\n');
  };

  beforeAll(async () => {
    bin = installPrefect(version);
    folder = mkdtempSync(join(tmpdir(), 'sluice-blocks-'));
    writeFileSync(join(folder, 'blocks.py'), PYTHON);
    server = await start();
    vi.stubEnv('SLUICE_API_URL', server.url);
  }, seconds(240));
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, seconds(60));

  test('Python loads what TypeScript has saved, and what it changes and saves again is loaded here', { timeout: seconds(180) }, async () => {
    await login.save('ts', { user: 'ts', password: 'ours' });
    await job.save('ts', { table: 'orders', login: await login.load('ts') });
    await plan.save('ts', { job: await job.load('ts') });
    expect(await python('load')).toEqual(['orders ts ours None ts', 'orders ts ours None ts', 'ShopJob']);
    await python('change');
    // All three are told by reference still.
    expect(await plan.load('ts')).toEqual({ job: { table: 'changed', login: { user: 'py', password: 'changed' }, spare: null } });
  });

  test('TypeScript loads what Python has saved, and what it changes is loaded there', { timeout: seconds(180) }, async () => {
    await python('save');
    const loaded = await plan.load('py');
    expect(loaded).toEqual({
      job: { table: 'lines', login: { user: 'py', password: 'theirs' }, spare: { user: 'spare', password: 'kept inside' } },
    });
    await job.save('ts', { ...loaded.job, table: 'taken' }, { overwrite: true });
    await login.save('py', { user: 'ts', password: 'renewed' }, { overwrite: true });
    expect((await python('load'))[0]).toBe('taken ts renewed spare py');
  });

  test('who does not ask for secrets sees none, however deep', { timeout: seconds(60) }, async () => {
    for (const [slug, block] of [
      ['shop-job', 'ts'],
      ['shop-plan', 'ts'],
      ['shop-plan', 'py'],
    ]) {
      const seen = await (await fetch(`${server.url}/block_types/slug/${slug}/block_documents/name/${block}`)).text();
      expect(seen).toContain('********');
      expect(seen).not.toMatch(/theirs|renewed|changed"|kept inside/);
    }
  });
});
