import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveSettings, type SettingName } from '@sluice/core/settings/settings';
import { type Server, type ServerOptions, startServer } from '../server.ts';
import { createTestDatabase } from './test-database.ts';

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly home: string;
  readonly databaseUrl: string;
  readonly server: Server;
  stop(): Promise<void>;
}

/** A real server on a free port, with a home and a database of its own on the cluster of `postgres`. */
export async function startTestServer(
  postgres: string,
  flags: { readonly [N in SettingName]?: string } = {},
  options: Pick<ServerOptions, 'pages' | 'limits'> = {},
): Promise<TestServer> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-home-'));
  const database = await createTestDatabase(postgres);
  const { values, sources } = resolveSettings({ home, port: '0', database_url: database.url, ...flags }, {}, {});
  const server = await startServer({ settings: values, sources, ...options });
  const stop = async () => {
    await server.stop();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  };
  return { url: server.url, home, databaseUrl: database.url, server, stop, [Symbol.asyncDispose]: stop };
}
