import { parentPort, workerData } from 'node:worker_threads';
import { createClient, monotonicMs, pause } from '@sluice/client';
import { proposer } from '@sluice/client/proposer';
import { endOverdue } from '@sluice/core/process/end-overdue';
import { leaseDeadline } from '@sluice/core/process/lease-deadline';
import { CANCELLED_OUT_OF_GRACE } from '@sluice/core/process/sentences';
import { beatOwnLease } from '../engine/beat-own-lease.ts';
import type { FromGuardThread, Limit, ToGuardThread, Watched } from './own-guard.ts';

const LOOK_MS = 100;
/** A process whose lease the server has ended has so long to leave, unless its run gives it back itself. */
const LOST_MS = 1000;
/** No limit of the main thread has this number. */
const CANCEL = 0;

const { deadline_ms, grace_seconds, ...identity } = workerData as Watched;
const { api, flow_run_id, epoch } = identity;
const tell = (what: FromGuardThread) => parentPort?.postMessage(what);
const limits = new Map<number, Limit>();
let leaseMs = deadline_ms;
let isEnding = false;
let isLeaving = false;
/** Ends the wait for the next beat. */
let asked = new AbortController();
/** Until when the process may go on after its run has ended. */
let leaveMs = 0;

parentPort?.on('message', (message: ToGuardThread) => {
  if (message === 'ended') leave();
  else if (message === 'ask') asked.abort();
  else if ('is_leaving' in message) isLeaving = message.is_leaving;
  else if (message.at_ms === null) limits.delete(message.id);
  else limits.set(message.id, message);
});

/** The process and all that it has started, when it leads its group. As process 1 of a container it could not be killed: start that with an init. */
function kill(): void {
  for (const pid of [-process.pid, process.pid]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It leads no group.
    }
  }
}

/** What the run ends in must be told first: nobody is left to do it afterwards. While the server is away the lease is the limit. */
async function end(limit: Limit): Promise<void> {
  isEnding = true;
  const client = createClient({ apiUrl: api.api_url, apiKey: api.api_key, authString: api.auth_string, patienceSeconds: 3600 });
  const propose = proposer(client, flow_run_id, epoch);
  await ('overdue' in limit ? endOverdue(limit.overdue, propose) : propose(limit.state)).catch(() => {}); // refused: it is not ours
  kill();
}

function look(): void {
  const now = monotonicMs();
  if (now > leaseMs) kill();
  const over = [...limits.values()].find(({ at_ms }) => now > at_ms);
  if (over && !isEnding) void end(over);
}

/** Nothing is left to be ended but the process itself. */
function leave(): void {
  limits.clear();
  leaveMs = monotonicMs() + grace_seconds * 1000;
  leaseMs = leaveMs;
}

async function rest(ms: number): Promise<void> {
  await pause(ms, asked.signal).catch(() => {});
  asked = new AbortController();
}

function onProlonged(sentMs: number, leaseSeconds: number): void {
  if (leaveMs === 0) leaseMs = leaseDeadline(sentMs, leaseSeconds);
  tell('held');
}

function onCancelling(): void {
  if (limits.has(CANCEL)) return;
  tell('cancelling');
  limits.set(CANCEL, { id: CANCEL, at_ms: monotonicMs() + grace_seconds * 1000, state: { type: 'CANCELLED', message: CANCELLED_OUT_OF_GRACE } });
}

setInterval(look, LOOK_MS);
await beatOwnLease(identity, { rest, onProlonged, onCancelling });
tell('lost');
leaseMs = Math.max(leaveMs, Math.min(leaseMs, monotonicMs() + (isLeaving ? grace_seconds * 1000 : LOST_MS)));
