import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { giveBackgroundTask, noteDelivered, takeBack } from '../../store/background-tasks.ts';
import { readRecord } from '../../store/records.ts';
import type { Deps, Handlers } from '../handlers.ts';

type Keys = 'POST /task_workers/filter' | 'GET /task_runs/subscriptions/scheduled';

/** Prefect's code for a client that does not keep to the protocol. */
const VIOLATION = 4001;

const Subscription = z.object({ type: z.literal('subscribe'), keys: z.array(z.string()).min(1).max(1000), client_id: z.string().min(1).max(1000) });

/** How often a worker's tasks are looked for when nothing is heard of them, and at the most. */
const LOOK_AGAIN_MS = 2000;
const LOOK_AT_MOST_MS = 100;

export function backgroundTaskHandlers({ database: { sql }, desk }: Deps): Handlers<Keys> {
  const workers = new Map<object, { readonly identifier: string; readonly task_keys: readonly string[]; readonly timestamp: string }>();

  return {
    'POST /task_workers/filter': async ({ body }) => {
      const keys = body.task_worker_filter?.task_keys ?? [];
      const all = [...workers.values()].filter(({ task_keys }) => keys.length === 0 || task_keys.some((key) => keys.includes(key)));
      return all.map((worker) => ({ ...worker, task_keys: [...worker.task_keys] }));
    },
    'GET /task_runs/subscriptions/scheduled': async ({ socket }) => {
      const message = await socket.receiveJson();
      const parsed = Subscription.safeParse(message);
      if (!parsed.success) {
        const what = message?.['type'] === 'subscribe' ? `'${String(parsed.error.issues[0]?.path[0])}' in subscribe message` : "'subscribe' message";
        return socket.close(VIOLATION, `Protocol violation: expected ${what}`);
      }
      const { keys, client_id } = parsed.data;
      const self = {};
      const observe = () => workers.set(self, { identifier: client_id, task_keys: keys, timestamp: new Date().toISOString() });
      let hear = () => {};
      const unsubscribe = desk.subscribe(({ events }) => events && hear());
      socket.signal.addEventListener('abort', () => hear());
      try {
        while (!socket.signal.aborted) {
          observe();
          const heard = new Promise<void>((resolve) => {
            hear = resolve;
          });
          const given = await giveBackgroundTask(sql, keys, client_id);
          if (!given) {
            const { signal } = socket;
            const rest = pause(LOOK_AT_MOST_MS, undefined, { signal }).catch(() => {});
            await Promise.race([heard, pause(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {})]);
            await rest;
            continue;
          }
          const json = await readRecord(sql, 'task_run_view', { id: given.task_run_id });
          const isSent = json !== undefined && (await socket.send(json));
          const answer = isSent ? await socket.receiveJson() : undefined;
          if (answer?.['type'] !== 'ack') {
            await takeBack(sql, given);
            if (answer && answer['type'] !== 'quit') socket.close(VIOLATION, "Protocol violation: expected 'ack' message");
            return;
          }
          await noteDelivered(sql, given);
        }
      } finally {
        unsubscribe();
        workers.delete(self);
      }
    },
  };
}
