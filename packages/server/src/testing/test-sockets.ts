import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventCreate } from '@sluice/core/model/event';
import { uuidv7 } from 'uuidv7';
import { WebSocket } from 'ws';

export interface TestSocket extends AsyncDisposable {
  readonly send: (message: unknown) => void;
  /** The next message. */
  readonly receive: () => Promise<{ [key: string]: unknown }>;
  /** A message that has come; false when none has. */
  readonly poll: () => { [key: string]: unknown } | false;
  /** Resolves when the server answers a ping. */
  readonly checkpoint: () => Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

interface How {
  readonly token?: string | null;
  readonly headers?: { readonly [name: string]: string };
}

/** A websocket after the handshake of Prefect 3's clients; fails with code and reason when the server refuses it. */
export async function connect(url: string, path: string, { token = null, headers = {} }: How = {}): Promise<TestSocket> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}${path}`, ['prefect'], { headers });
  const unread: { [key: string]: unknown }[] = [];
  let wake = () => {};
  ws.on('message', (data) => {
    unread.push(JSON.parse(String(data)) as { [key: string]: unknown });
    wake();
  });
  const closed = once(ws, 'close').then(([code, reason]) => {
    wake();
    return { code: code as number, reason: String(reason) };
  });
  const receive = async (): Promise<{ [key: string]: unknown }> => {
    while (unread.length === 0) {
      if (ws.readyState === WebSocket.CLOSED) {
        const { code, reason } = await closed;
        throw new Error(`${code} ${reason}`);
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return unread.shift() as { [key: string]: unknown };
  };
  await once(ws, 'open');
  const send = (message: unknown) => ws.send(JSON.stringify(message));
  send({ type: 'auth', token });
  await receive();
  return {
    send,
    receive,
    poll: () => unread.shift() ?? false,
    checkpoint: async () => {
      const pong = once(ws, 'pong');
      ws.ping();
      await pong;
    },
    closed,
    [Symbol.asyncDispose]: async () => {
      ws.terminate();
      await closed;
    },
  };
}

/** Asks until there is an answer. */
export async function until<T>(ask: () => T | false | Promise<T | false>): Promise<T> {
  for (let tries = 0; tries < 400; tries++) {
    const answer = await ask();
    if (answer) return answer;
    await pause(50);
  }
  throw new Error('not in time');
}

type Type = 'PENDING' | 'RUNNING' | 'COMPLETED';

/** What a Prefect 3 client tells of a task run. */
export function toldOfTask(task: string, run: string, type: Type, at: string): EventCreate {
  const name = type.charAt(0) + type.slice(1).toLowerCase();
  const hasEnded = type === 'COMPLETED';
  return {
    id: uuidv7(),
    occurred: at,
    event: `prefect.task-run.${name}`,
    resource: {
      'prefect.resource.id': `prefect.task-run.${task}`,
      'prefect.resource.name': 'load-0',
      'prefect.orchestration': 'client',
      'prefect.state-type': type,
      'prefect.state-name': name,
    },
    related: [{ 'prefect.resource.id': `prefect.flow-run.${run}`, 'prefect.resource.role': 'flow-run' }],
    payload: {
      intended: { from: null, to: type },
      initial_state: null,
      validated_state: { type, name, message: '', state_details: {}, data: null },
      task_run: {
        name: type === 'PENDING' ? 'load' : 'load-0',
        task_key: 'load',
        dynamic_key: task,
        tags: ['database'],
        task_inputs: {},
        run_count: type === 'PENDING' ? 0 : 1,
        flow_run_run_count: 1,
        empirical_policy: { retries: 0, retry_delay: 0 },
        ...(type !== 'PENDING' && { start_time: '2026-01-01T00:00:02Z' }),
        ...(hasEnded && { end_time: at }),
        expected_start_time: '2026-01-01T00:00:01Z',
        total_run_time: hasEnded ? 3 : 0,
      },
    },
  };
}
