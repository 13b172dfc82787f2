import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestCluster } from '@sluice/server/testing';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the database `postgres` of the cluster that all tests share. */
    postgres: string;
  }
}

/** One PostgreSQL for the whole run; every test file gets databases of its own. SLUICE_TEST_DATABASE_URL names another one, an older release, say. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env['SLUICE_TEST_DATABASE_URL'];
  if (given) {
    project.provide('postgres', given);
    return undefined;
  }
  const home = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  await chmod(home, 0o755); // as root PostgreSQL runs as another user, who must get in
  const cluster = await startTestCluster(home);
  project.provide('postgres', cluster.url('postgres'));
  return async () => {
    await cluster.stop();
    await rm(home, { recursive: true, force: true });
  };
}
