import { createHash, timingSafeEqual } from 'node:crypto';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Writer } from '../orchestrate/change.ts';
import { type Credentials, type WayIn, waysIn } from './credentials.ts';
import type { RunAccess } from './run-access.ts';
import { isOpenToRuns } from './run-routes.ts';
import type { WrongKeys } from './wrong-keys.ts';

/** How callers are told apart. */
export interface Doorkeeping {
  readonly credentials: Credentials;
  /** Undefined for a server that asks for no key. */
  readonly runAccess: RunAccess | undefined;
  readonly wrongKeys: WrongKeys;
}

export interface Caller {
  /** Its `Authorization`. */
  readonly header: string | undefined;
  readonly address: string;
  /** Key of the route in the contract; undefined for a path that names none. */
  readonly route: string | undefined;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Equal in the same time whatever the texts are. */
const same = (a: string, b: string) => timingSafeEqual(digest(a), digest(b));

function presents(header: string, { apiKey, authString }: Credentials): boolean {
  const [, scheme = '', value = ''] = /^(\S+) (.*)$/.exec(header) ?? [];
  if (/^bearer$/i.test(scheme)) return apiKey !== undefined && same(value, apiKey);
  if (/^basic$/i.test(scheme)) return authString !== undefined && same(Buffer.from(value, 'base64').toString(), authString);
  return false;
}

/** Whether a websocket's token is what the server asks for: its key, or its user and password as they are. */
export async function isToken(token: string, address: string, { credentials: { apiKey, authString }, wrongKeys }: Doorkeeping): Promise<boolean> {
  const isKnown = [apiKey, authString].some((secret) => secret !== undefined && same(token, secret));
  if (!isKnown) await wrongKeys.note(address, token);
  return isKnown;
}

const WORDS: { readonly [way in WayIn]: string } = { key: 'key', basic: 'user and password' };

/** In a sentence, and in the details for a form that asks a person for it. */
function unauthorized(said: string, ways: readonly WayIn[]): SluiceError {
  return new SluiceError('UNAUTHORIZED', said, { hint: HINT, details: ways });
}

function refusal(header: string | undefined, credentials: Credentials): SluiceError {
  const ways = waysIn(credentials);
  const asks = `The server asks for ${ways.map((way) => `a ${WORDS[way]}`).join(', or for ')}`;
  if (!header) return unauthorized(`${asks}.`, ways);
  const sent: WayIn = /^basic /i.test(header) ? 'basic' : 'key';
  return unauthorized(ways.includes(sent) ? `The server does not know this ${WORDS[sent]}.` : `${asks}, not for a ${WORDS[sent]}.`, ways);
}

const HINT = 'Set SLUICE_API_KEY (or PREFECT_API_KEY), or SLUICE_API_AUTH_STRING, to what the server was started with.';

/**
 * Refuses a request without the key that this server asks for. A server without any asks nobody. Returns the run whose token
 * was sent instead of a key, null for everybody else.
 */
export async function authenticate({ header, address, route }: Caller, { credentials, runAccess, wrongKeys }: Doorkeeping): Promise<Writer | null> {
  if (!runAccess) return null;
  if (!header) throw refusal(header, credentials);
  if (presents(header, credentials)) return null;
  const run = runAccess.read(/^bearer (.*)$/i.exec(header)?.[1] ?? '');
  if (run) {
    await expectOpen(run, route, runAccess);
    return run;
  }
  const retry_after = await wrongKeys.note(address, header);
  if (retry_after === 0) throw refusal(header, credentials);
  throw new SluiceError('TOO_MANY_REQUESTS', `Too many wrong keys came from ${address}.`, { hint: HINT, details: { retry_after } });
}

async function expectOpen({ flow_run_id, epoch }: Writer, route: string | undefined, runAccess: RunAccess): Promise<void> {
  if (!(await runAccess.isCurrent({ flow_run_id, epoch }))) {
    throw new SluiceError('LEASE_EXPIRED', `Epoch ${epoch} of flow run ${flow_run_id} is over, and with it its token.`, {
      hint: 'A process that outlives its flow run needs a key of its own.',
    });
  }
  if (route === undefined || isOpenToRuns(route)) return;
  throw new SluiceError('FORBIDDEN', `The token of a flow run is not accepted for ${route}.`, {
    hint: 'Give the deployment a key for it in a variable of its own: deploy(…, { env: { … } }).',
  });
}
