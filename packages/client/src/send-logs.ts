import type { RouteInput } from '@sluice/core/api/routes';
import type { Client } from './client-over.ts';

/** Stores log lines. Prefect's own server refuses the id of a line, and the whole batch with it. */
export async function sendLogs(client: Client, lines: RouteInput<'POST /logs/'>['body']): Promise<void> {
  const { ourRoutes } = await client.capabilities();
  await client.request('POST /logs/', { body: ourRoutes ? lines : lines.map(({ id: _, ...line }) => line) });
}
