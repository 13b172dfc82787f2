import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@sluice/client';
import { proposer } from '@sluice/client/proposer';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import type { StateCreate } from '@sluice/core/model/state';
import type { ClaimCode } from '@sluice/core/process/claim-code';
import type { OwnClaim } from '@sluice/core/process/claim-environment';
import { EXIT_CODES } from '@sluice/core/process/exit-codes';
import { resolveSettings } from '@sluice/core/settings/settings';
import { CodeFinder, type FoundCode } from '../bundles/find-code.ts';
import { howItEnded } from '../how-it-ended.ts';
import { logTeller, type TellLog } from '../tell-log.ts';
import { findClaimedCode } from './find-claimed-code.ts';
import { lastWords } from './last-words.ts';
import { PrintedLines } from './printed-lines.ts';
import { type Ended, runProgram } from './run-program.ts';

/** As long as the server may be away. A container that waits for longer is of no use: its run has gone to another by then. */
const PATIENCE_SECONDS = 300;

/** With these the SDK's program ends in order: the server knows all there is to know. */
const IN_ORDER: ReadonlySet<number | null> = new Set(
  (['COMPLETED', 'FAILED', 'CANCELLED', 'SCHEDULED', 'LOST', 'CRASHED', 'NO_CLAIM'] as const).map((name) => EXIT_CODES[name]),
);
const HANDED_BACK: StateCreate = { type: 'SCHEDULED', message: 'Handed back: its place is being stopped.' };

/** How a shell says that a signal ended a program. */
const KILLED = 137;

function expectSettings() {
  const { values, problems } = resolveSettings({}, process.env, {});
  if (problems.length === 0) return values;
  throw new SluiceError('INVALID_SETTING', `These settings cannot be read: ${problems.join('; ')}.`, {
    hint: 'Correct them in env of the deployment.',
  });
}

/** Runs a claimed run to the end of its process, and resolves with the exit code that says how that was. */
export async function runClaim(claim: OwnClaim, code: ClaimCode): Promise<number> {
  const settings = expectSettings();
  const stop = new AbortController();
  const onStop = () => stop.abort();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGUSR2'] as const) process.on(signal, onStop);
  const client = createClient({ apiUrl: claim.api_url, apiKey: claim.token, patienceSeconds: PATIENCE_SECONDS });
  const tellLog = logTeller(client, claim.flow_run_id);
  const bundles = join(settings.home.replace(/^~(?=\/|$)/, homedir()), 'bundles');
  const codes = new CodeFinder({ client, bundles, bundleCacheMb: settings.bundle_cache_mb });
  const wanted = { ...code, entrypoint: claim.entrypoint, env: {}, heapMb: code.heap_mb };
  const found = await findClaimedCode(wanted, { codes, tellLog, startSeconds: settings.start_seconds, signal: stop.signal });
  if (found === 'stopped') return end(client, claim, HANDED_BACK);
  if ('why' in found) {
    await tellLog('error', found.why);
    return end(client, claim, { type: 'CRASHED', message: found.why, state_details: { retriable: false } });
  }
  return runFound(claim, found, { client, code, tellLog, startSeconds: settings.start_seconds });
}

interface Around {
  readonly client: Client;
  readonly code: ClaimCode;
  readonly tellLog: TellLog;
  readonly startSeconds: number;
}

async function runFound(claim: OwnClaim, { code: found }: FoundCode, { client, code, tellLog, startSeconds }: Around): Promise<number> {
  const printed = new PrintedLines(client, claim.flow_run_id);
  let ended: Ended;
  try {
    ended = await runProgram(claim, found, printed);
  } catch (error) {
    const message = `Its process cannot be started: ${messageOf(error).split('\n')[0]}`;
    return end(client, claim, { type: 'CRASHED', message, state_details: { retriable: false } });
  } finally {
    await printed.close();
  }
  if (ended.signal === null && IN_ORDER.has(ended.code)) return ended.code as number;
  if (ended.isStopped) return end(client, claim, HANDED_BACK);
  const { failure, exitCode } = lastWords(ended.complaints);
  const exitCall = exitCode === undefined ? undefined : 'told';
  const known = { ...ended, code: exitCode ?? ended.code, failure, exitCall, killed: undefined };
  const { message, isFinal } = howItEnded({ ...known, limits: { memoryMb: code.memory_mb }, heapMb: code.heap_mb, startSeconds });
  await tellLog('error', message);
  return end(client, claim, { type: 'CRASHED', message, state_details: { ...(isFinal && { retriable: false }) } }, ended.code ?? KILLED);
}

/** Tells how a run ended that did not say so itself. Refused, it is somebody else's, or its own guard has told it: then `otherwise` stands. */
async function end(client: Client, { flow_run_id, epoch }: OwnClaim, state: StateCreate, otherwise: number = EXIT_CODES.LOST): Promise<number> {
  try {
    const { how } = await proposer(client, flow_run_id, epoch)(state);
    return how === 'Crashed' ? EXIT_CODES.CRASHED : EXIT_CODES.SCHEDULED;
  } catch {
    return otherwise;
  }
}
