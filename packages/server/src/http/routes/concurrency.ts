import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { SlotRequest } from '../../dispatch/slots.ts';
import { UNLIMITED } from '../../dispatch/take-slots.ts';
import {
  deleteLimit,
  endSlotLease,
  freeAllSlots,
  freeAnonymousSlots,
  insertLimit,
  listLimitRefs,
  renewSlotLease,
  updateLimit,
} from '../../store/concurrency-limits.ts';
import { idOrName } from '../../store/key.ts';
import { renewDeploymentSlot } from '../../store/leases.ts';
import { listLimitUse } from '../../store/limit-use.ts';
import { listRecords, readRecord } from '../../store/records.ts';
import { insertSlots } from '../../store/slots.ts';
import { anonymousSlot } from '../anonymous-slot.ts';
import { withDeadline } from '../deadline.ts';
import { expectFound, found, missing } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';
import { ifUnchanged } from '../if-unchanged.ts';
import { locked } from '../locked.ts';
import { toParties } from '../to-parties.ts';

type Keys = Extract<keyof Handlers, `${string} /v2/concurrency_limits/${string}`> | 'GET /limits';

export const concurrencyHandlers = ({ database, database: { sql }, desk, slots, newId }: Deps): Handlers<Keys> => {
  const freed = (limits: readonly string[]) => desk.publish({ limits });
  const holding = (lease_seconds: number | null): Omit<SlotRequest, 'names' | 'slots' | 'mode'> => ({
    lease_seconds,
    holder: null,
    writer: null,
    token_above: null,
  });

  return {
    'GET /limits': async ({ query: { kind = null, id = null } }) => new Reply(await listLimitUse(sql, { kind, id })),
    'POST /v2/concurrency_limits/': async ({ body }) => {
      const id = newId();
      if (!(await insertLimit(sql, id, body)))
        throw new SluiceError('CONFLICT', `A concurrency limit "${body.name}" exists already.`, {
          hint: 'Change that one, or choose another name.',
        });
      desk.publish({ records: { concurrency_limit: [id] } });
      return found('Concurrency Limit', await readRecord(sql, 'concurrency_limit_view', { id }));
    },
    'GET /v2/concurrency_limits/{id_or_name}': async ({ params }) =>
      found(`Concurrency limit "${params.id_or_name}"`, await readRecord(sql, 'concurrency_limit_view', idOrName(params.id_or_name))),
    'PATCH /v2/concurrency_limits/{id_or_name}': async (request) => {
      const { params, body } = request;
      const edited = { table: 'concurrency_limit' as const, key: idOrName(params.id_or_name), what: `Concurrency limit "${params.id_or_name}"` };
      const id = await ifUnchanged(database, request, edited, async (tx) => {
        const found = await updateLimit(tx, edited.key, body);
        if (found && body.active_slots !== undefined) {
          await freeAllSlots(tx, found);
          if (body.active_slots > 0) await insertSlots(tx, [anonymousSlot(newId, found, body.active_slots)]);
        }
        return found;
      });
      if (!id) throw missing(edited.what);
      freed([id]);
      return undefined;
    },
    'DELETE /v2/concurrency_limits/{id_or_name}': async ({ params }) => {
      expectFound(`Concurrency limit "${params.id_or_name}"`, await deleteLimit(sql, idOrName(params.id_or_name)));
      freed([params.id_or_name]);
      return undefined;
    },
    'POST /v2/concurrency_limits/filter': async ({ body }) => new Reply(await listRecords(sql, 'concurrency_limit_view', { ...body, order: 'name' })),
    'POST /v2/concurrency_limits/increment': async ({ body }) => {
      const granted = await slots.tryAcquire({ ...body, ...holding(null) });
      if (!granted) throw locked(body.names);
      return granted.limits;
    },
    'POST /v2/concurrency_limits/decrement': async ({ body }) => {
      freed(await freeAnonymousSlots(sql, body.names, body.slots));
      return new Reply(await listLimitRefs(sql, body.names));
    },
    'POST /v2/concurrency_limits/increment-with-lease': async ({ body, writer, preferWait, signal }) => {
      const holder = body.holder ?? null;
      const within = toParties(body.within.length > 0 ? body.within : holder ? [holder] : []);
      const request = { ...body, lease_seconds: body.lease_duration, holder, writer, token_above: body.token_above ?? null, within };
      const granted = preferWait > 0 ? await slots.acquire(request, withDeadline(signal, preferWait)) : await slots.tryAcquire(request);
      if (!granted) throw locked(body.names);
      return granted;
    },
    'POST /v2/concurrency_limits/decrement-with-lease': async ({ body }) => {
      freed(await endSlotLease(sql, body.lease_id));
      return undefined;
    },
    'POST /v2/concurrency_limits/leases/{id}/renew': async ({ params, body }) => {
      const renewed = async () =>
        (await renewSlotLease(sql, params.id, body.lease_duration)) || renewDeploymentSlot(sql, params.id, body.lease_duration);
      if (params.id !== UNLIMITED && !(await renewed()))
        throw new SluiceError('LEASE_EXPIRED', `Lease ${params.id} not found or expired.`, {
          hint: 'Others can have its slots by now: take new ones.',
        });
      return undefined;
    },
  };
};
