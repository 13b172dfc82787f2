import {
  deleteLimit,
  deleteTagLimit,
  freeAllSlots,
  freeSlotsOf,
  listLimitRefs,
  tagLimit,
  tagLimitName,
  upsertTagLimit,
} from '../../store/concurrency-limits.ts';
import { listRecords, readRecord } from '../../store/records.ts';
import { insertSlots } from '../../store/slots.ts';
import { anonymousSlot } from '../anonymous-slot.ts';
import { expectFound, found } from '../found.ts';
import { createdReply, type Deps, type Handlers, Reply } from '../handlers.ts';
import { locked } from '../locked.ts';

type Keys = Extract<keyof Handlers, `${string} /concurrency_limits/${string}`>;

/** Prefect's first kind of limit: another view of the limits that are called `tag:<tag>`. */
export const tagLimitHandlers = ({ database: { sql }, desk, slots, newId }: Deps): Handlers<Keys> => {
  const freed = (limits: readonly string[]) => desk.publish({ limits });
  const readTag = async (tag: string) => found(`Concurrency limit of the tag "${tag}"`, await readRecord(sql, 'tag_limit_view', { tag }));

  return {
    'POST /concurrency_limits/': async ({ body }) => {
      const { id, created } = await upsertTagLimit(sql, newId(), body.tag, body.concurrency_limit);
      freed([id]);
      return createdReply((await readTag(body.tag)).body, created);
    },
    'GET /concurrency_limits/{id}': async ({ params }) =>
      found(`Concurrency limit ${params.id}`, await readRecord(sql, 'tag_limit_view', { id: params.id })),
    'GET /concurrency_limits/tag/{tag}': async ({ params }) => readTag(params.tag),
    'DELETE /concurrency_limits/{id}': async ({ params }) => {
      expectFound(`Concurrency limit ${params.id}`, await deleteTagLimit(sql, params.id));
      freed([params.id]);
      return undefined;
    },
    'DELETE /concurrency_limits/tag/{tag}': async ({ params }) => {
      expectFound(`Concurrency limit of the tag "${params.tag}"`, await deleteLimit(sql, tagLimit(params.tag)));
      freed([params.tag]);
      return undefined;
    },
    'POST /concurrency_limits/tag/{tag}/reset': async ({ params, body }) => {
      const { id } = JSON.parse((await readTag(params.tag)).body) as { id: string };
      await freeAllSlots(sql, id);
      const holders = body.slot_override ?? [];
      if (holders.length > 0)
        await insertSlots(
          sql,
          holders.map((holder_id) => ({ ...anonymousSlot(newId, id, 1), holder_type: 'task_run', holder_id })),
        );
      freed([id]);
      return undefined;
    },
    'POST /concurrency_limits/increment': async ({ body }) => {
      const names = body.names.map(tagLimitName);
      if (names.length === 0) return [];
      const holder = { type: 'task_run', id: body.task_run_id } as const;
      const request = { names, slots: 1, mode: 'concurrency', lease_seconds: null, holder, writer: null, token_above: null } as const;
      const granted = await slots.tryAcquire(request);
      if (!granted) throw locked(body.names);
      return granted.limits;
    },
    'POST /concurrency_limits/decrement': async ({ body }) => {
      const names = body.names.map(tagLimitName);
      freed(await freeSlotsOf(sql, names, body.task_run_id));
      return new Reply(await listLimitRefs(sql, names));
    },
    'POST /concurrency_limits/filter': async ({ body }) => new Reply(await listRecords(sql, 'tag_limit_view', { ...body, order: 'tag' })),
  };
};
