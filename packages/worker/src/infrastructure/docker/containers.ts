import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Engine, EngineRefusal } from './engine.ts';
import type { Labels } from './labels.ts';
import type { EndedState } from './read-end.ts';

export interface ContainerState extends EndedState {
  readonly Status: string;
  readonly Running: boolean;
  readonly FinishedAt: string;
}

export interface Listed {
  readonly Id: string;
  readonly Labels: Labels;
  readonly State: string;
  /** Seconds of the epoch. */
  readonly Created: number;
}

const isGone = (error: unknown) => error instanceof EngineRefusal && error.status === 404;
/** What is done already: started, or stopped. */
const isDone = (error: unknown) => error instanceof EngineRefusal && (error.status === 304 || error.status === 409);

/** Containers, in the words that a worker needs. */
export class Containers {
  readonly engine: Engine;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** A request whose answer got lost is sent again: what it made the first time is replaced. */
  async create(name: string, body: object): Promise<string> {
    try {
      return await this.#create(name, body);
    } catch (error) {
      if (!(error instanceof EngineRefusal) || !/already in use/i.test(error.message)) throw error;
      await this.remove(name);
      return await this.#create(name, body);
    }
  }

  async #create(name: string, body: object): Promise<string> {
    const { Id } = await this.engine.json<{ Id: string }>('POST', '/containers/create', { query: { name }, body });
    return Id;
  }

  async connect(id: string, network: string): Promise<void> {
    await this.engine.json('POST', `/networks/${encodeURIComponent(network)}/connect`, { body: { Container: id } });
  }

  async start(id: string): Promise<void> {
    await this.engine.json('POST', `/containers/${id}/start`);
  }

  /** Resolves when the container does not run any more, or is not there. */
  async wait(id: string, signal?: AbortSignal): Promise<void> {
    const ask = { query: { condition: 'not-running' }, isLong: true, ...(signal && { signal }) };
    await this.engine.json('POST', `/containers/${id}/wait`, ask).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
  }

  /** Undefined when it is not there. */
  async state(id: string): Promise<ContainerState | undefined> {
    try {
      const { State } = await this.engine.json<{ State: ContainerState }>('GET', `/containers/${id}/json`);
      return State;
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  async signal(id: string, signal: NodeJS.Signals): Promise<void> {
    await this.engine.json('POST', `/containers/${id}/kill`, { query: { signal } }).catch(unlessDone);
  }

  /** With what it has written, and killed when it runs still. */
  async remove(id: string): Promise<void> {
    await this.engine.json('DELETE', `/containers/${id}`, { query: { force: 'true', v: 'true' } }).catch(unlessDone);
  }

  list(labels: Labels): Promise<Listed[]> {
    const filters = JSON.stringify({ label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) });
    return this.engine.json('GET', '/containers/json', { query: { all: 'true', filters } });
  }

  /** The last lines that it printed. */
  async log(id: string, lines: number): Promise<string> {
    try {
      const query = { stdout: 'true', stderr: 'true', tail: String(lines) };
      return await readLog(await this.engine.open('GET', `/containers/${id}/logs`, { query }));
    } catch {
      return '';
    }
  }
}

function unlessDone(error: unknown): void {
  if (!isGone(error) && !isDone(error)) throw error;
}

const HEADER = 8;

/** Each piece has a header: which output it is of, and four bytes of length. */
async function readLog(answer: IncomingMessage): Promise<string> {
  const bytes = await buffer(answer);
  const pieces: Buffer[] = [];
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    pieces.push(bytes.subarray(at + HEADER, at + HEADER + length));
    at += HEADER + length;
  }
  return Buffer.concat(pieces).toString('utf8');
}
