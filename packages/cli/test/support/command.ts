import { type Client, createClient } from '@sluice/client';
import type { SettingName } from '@sluice/core/settings/settings';
import { startTestServer } from '@sluice/server/testing';
import { expect, inject } from 'vitest';
import { createSluice, type Sluice } from './sluice.ts';

/** The command, on a server of its own that has a home, and a client of that server. */
export interface Command {
  readonly url: string;
  readonly client: Client;
  readonly sluice: Sluice;
  readonly json: Json;
  stop(): Promise<void>;
}

/** What a command prints with `-o json`, when it says nothing else and ends well. */
export type Json = <T = { [key: string]: unknown }>(words: readonly string[]) => Promise<T>;

interface More {
  /** Settings of the server. */
  readonly settings?: { readonly [N in SettingName]?: string };
  readonly env?: Readonly<Record<string, string>>;
}

export async function startCommand({ settings, env }: More = {}): Promise<Command> {
  const server = await startTestServer(inject('postgres'), settings);
  const client = createClient({ apiUrl: server.url });
  const sluice = createSluice({ SLUICE_HOME: server.home, SLUICE_API_URL: server.url, ...env });
  const json: Json = async (words) => {
    const { code, stdout, stderr } = await sluice.run([...words, '-o', 'json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  };
  const stop = async () => {
    await client.close();
    await server.stop();
  };
  return { url: server.url, client, sluice, json, stop };
}
