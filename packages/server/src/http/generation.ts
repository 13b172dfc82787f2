import type { IncomingHttpHeaders } from 'node:http';

/** The two generations of Prefect's API that differ on the wire. */
export type Generation = 2 | 3;

/** Prefect's own clients: what they start is a process of Python. */
export const isPrefectClient = (headers: IncomingHttpHeaders): boolean =>
  /^(prefect|python-httpx)\//.test(headers['user-agent'] ?? '') && headers['x-prefect-api-version'] !== undefined;

/**
 * Clients of Prefect 3.x name themselves (`prefect/3.8.3 (API 0.8.4)`), and so do late ones of 2.x. 2.13.7 has the name of its HTTP
 * library, but sends the version of the API, as no script does that knows nothing of Prefect. Our own clients are of the newer kind.
 */
export function generationOf(headers: IncomingHttpHeaders): Generation {
  const agent = headers['user-agent'] ?? '';
  const [, major] = /^prefect\/(\d+)\./.exec(agent) ?? [];
  if (major !== undefined) return Number(major) < 3 ? 2 : 3;
  return agent.startsWith('python-httpx/') && headers['x-prefect-api-version'] !== undefined ? 2 : 3;
}

/**
 * A body as a client of this generation means it. Servers of 2.x compare the start of flow runs alone; those of 3.x take the expected start
 * of a run that has not started.
 */
export function asMeant(body: unknown, generation: Generation): unknown {
  const { flow_runs } = (body ?? {}) as { flow_runs?: { start_time?: object | null } | null };
  if (generation === 3 || !flow_runs?.start_time) return body;
  return { ...(body as object), flow_runs: { ...flow_runs, start_time: { ...flow_runs.start_time, alone: true } } };
}

/** From this release on clients prolong the slot of their deployment while they run. */
const RENEWS_FROM = [3, 4, 11] as const;

/** Whether a client prolongs, by its lease, the slot that its run has of its deployment: Prefect's own since 3.4.11. */
export function renewsSlots(headers: IncomingHttpHeaders): boolean {
  const version = /^prefect\/(\d+)\.(\d+)\.(\d+)/
    .exec(headers['user-agent'] ?? '')
    ?.slice(1)
    .map(Number);
  const differs = version?.findIndex((part, index) => part !== RENEWS_FROM[index]) ?? -1;
  if (!version) return false;
  return differs === -1 || (version[differs] as number) > (RENEWS_FROM[differs] as number);
}
