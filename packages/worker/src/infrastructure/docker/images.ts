import type { IncomingMessage } from 'node:http';
import { messageOf } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import type { DockerJob } from '@sluice/core/process/docker-template';
import { type Engine, EngineRefusal } from './engine.ts';
import { isFull, sentence, Unmakeable } from './faults.ts';
import { registryAuth } from './registry-auth.ts';

/** A registry that says nothing for so long is not waited for any more. */
const SILENT_MS = 120_000;

type Wanted = Pick<DockerJob, 'image' | 'image_pull_policy'>;

/** The tag is what stands behind the last colon, unless that is the registry's port. */
export function splitImage(image: string): { readonly name: string; readonly tag: string } {
  if (image.includes('@')) return { name: image, tag: '' };
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/') ? { name: image.slice(0, colon), tag: image.slice(colon + 1) } : { name: image, tag: 'latest' };
}

/**
 * Makes sure that the engine has the image, as the policy says. Where no policy is named, an image that was made on this machine does,
 * whatever the registry says of its name.
 */
export async function ensureImage(
  engine: Engine,
  { image, image_pull_policy }: Wanted,
  signal: AbortSignal,
  onNote: (note: string) => void,
): Promise<void> {
  const { name, tag } = splitImage(image);
  const policy = image_pull_policy ?? (tag === 'latest' ? 'Always' : 'IfNotPresent');
  if (policy !== 'Always') {
    if (await isThere(engine, image, signal)) return;
    if (policy === 'Never')
      throw new Unmakeable(
        `the image ${image} is not on this machine, and image_pull_policy is Never. Bring it there (docker pull, docker load), or set IfNotPresent.`,
      );
  }
  onNote(`Pulls the image ${image}.`);
  try {
    await pull(engine, { image, name, tag }, signal);
  } catch (error) {
    if (image_pull_policy || !(await isThere(engine, image, signal).catch(() => false))) throw error;
    onNote(`It cannot be pulled, and the one on this machine is used: ${messageOf(error)}`);
  }
}

async function isThere(engine: Engine, image: string, signal: AbortSignal): Promise<boolean> {
  try {
    await engine.json('GET', `/images/${image}/json`, { signal });
    return true;
  } catch (error) {
    if (error instanceof EngineRefusal && error.status === 404) return false;
    throw error;
  }
}

interface Image {
  readonly image: string;
  readonly name: string;
  readonly tag: string;
}

async function pull(engine: Engine, { image, name, tag }: Image, signal: AbortSignal): Promise<void> {
  const silent = new AbortController();
  const isSilent = () => silent.abort();
  const timer = setTimeout(isSilent, SILENT_MS);
  try {
    const auth = registryAuth(name, process.env);
    const query = { fromImage: name, ...(tag && { tag }) };
    const answer = await engine.open('POST', '/images/create', {
      query,
      ...(auth && { headers: { 'x-registry-auth': auth } }),
      signal: AbortSignal.any([signal, silent.signal]),
      isLong: true,
    });
    for await (const line of linesOf(answer)) {
      timer.refresh();
      const said: unknown = line.trim() === '' ? undefined : JSON.parse(line);
      if (isObject(said) && said['error']) throw new EngineRefusal(500, String(said['error']));
    }
  } catch (error) {
    if (silent.signal.aborted) throw away(image, `it said nothing for ${SILENT_MS / 1000} s`);
    throw error instanceof EngineRefusal ? pullFault(image, error.message) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** By hand: readline does not say when what it reads is broken off. */
async function* linesOf(answer: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of answer.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

const ABSENT = /not found|manifest unknown|does not exist|name unknown|repository .* not known/i;
const REFUSED = /unauthorized|denied|authentication required|forbidden/i;
const NO_REGISTRY =
  /connection refused|no such host|i\/o timeout|timeout exceeded|deadline exceeded|TLS handshake|no route to host|network is unreachable|Client\.Timeout|EOF|server misbehaving/i;

/** A registry may come back; an image that it does not have, or does not give us, will not come by itself. */
export function pullFault(image: string, said: string): Error {
  const message = sentence(said);
  if (isFull(message)) return new EngineRefusal(500, said);
  if (NO_REGISTRY.test(message)) return away(image, message);
  if (REFUSED.test(message) && !ABSENT.test(message))
    return new Unmakeable(`the registry does not give the image ${image}: ${message} Log in where the worker runs: docker login.`);
  return new Unmakeable(`the image ${image} is not there: ${message} Look at its name and tag in the deployment and in the work pool.`);
}

const away = (image: string, why: string) =>
  new Error(`the registry of the image ${image} does not answer: ${sentence(why)} With IfNotPresent an image that is on the machine needs none.`);
