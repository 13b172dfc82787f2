import { z } from 'zod';
import { natural, uuid } from '../model/common.ts';
import {
  GlobalConcurrencyLimit,
  GlobalConcurrencyLimitCreate,
  GlobalConcurrencyLimitUpdate,
  LeaseGranted,
  LeaseRequest,
  LimitRef,
  SlotDecrement,
  SlotIncrement,
  TagConcurrencyLimit,
  TagConcurrencyLimitCreate,
  TagSlots,
} from '../model/concurrency-limit.ts';
import { LIMIT_KINDS, LimitUse } from '../model/limit-use.ts';
import { page } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'concurrency limits';
const params = z.object({ id_or_name: z.string() });
const byId = z.object({ id: uuid });
const byTag = z.object({ tag: z.string() });

export const concurrencyRoutes = {
  'GET /limits': defineRoute({
    summary: 'Where slots are: limits of tags, names, pools, queues and deployments, each with who holds it and who waits',
    tag: 'concurrency limits',
    query: z.object({ kind: z.enum(LIMIT_KINDS).optional(), id: uuid.optional() }),
    ok: z.array(LimitUse),
    ours: true,
  }),
  'POST /v2/concurrency_limits/': defineRoute({
    summary: 'Create a limit',
    tag,
    body: GlobalConcurrencyLimitCreate,
    ok: GlobalConcurrencyLimit,
    status: 201,
  }),
  'GET /v2/concurrency_limits/{id_or_name}': defineRoute({ summary: 'Read a limit', tag, params, ok: GlobalConcurrencyLimit }),
  'PATCH /v2/concurrency_limits/{id_or_name}': defineRoute({
    summary: 'Change a limit',
    tag,
    params,
    body: GlobalConcurrencyLimitUpdate,
    ok: z.undefined(),
    status: 204,
    guarded: true,
  }),
  'DELETE /v2/concurrency_limits/{id_or_name}': defineRoute({ summary: 'Delete a limit', tag, params, ok: z.undefined(), status: 204 }),
  'POST /v2/concurrency_limits/filter': defineRoute({
    summary: 'List limits',
    tag,
    body: z.strictObject(page).prefault({}),
    ok: z.array(GlobalConcurrencyLimit),
  }),
  'POST /v2/concurrency_limits/increment': defineRoute({
    summary: 'Take slots; 423 when there are not enough',
    tag,
    body: SlotIncrement,
    ok: z.array(LimitRef),
  }),
  'POST /v2/concurrency_limits/decrement': defineRoute({ summary: 'Give slots back', tag, body: SlotDecrement, ok: z.array(LimitRef) }),
  'POST /v2/concurrency_limits/increment-with-lease': defineRoute({
    summary: 'Take slots for a time',
    tag,
    waits: true,
    body: LeaseRequest,
    ok: LeaseGranted,
  }),
  'POST /v2/concurrency_limits/decrement-with-lease': defineRoute({
    summary: "Give a lease's slots back",
    tag,
    body: z.object({ lease_id: uuid }),
    ok: z.undefined(),
    status: 204,
  }),
  'POST /v2/concurrency_limits/leases/{id}/renew': defineRoute({
    summary: 'Prolong a lease; 410 when it has ended',
    tag,
    params: byId,
    body: z.object({ lease_duration: z.number().min(60).max(86_400).default(300) }).prefault({}),
    ok: z.undefined(),
    status: 204,
  }),
  'POST /concurrency_limits/': defineRoute({
    summary: "Create a tag's limit, or change it",
    tag,
    body: TagConcurrencyLimitCreate,
    ok: TagConcurrencyLimit,
    status: 201,
  }),
  'GET /concurrency_limits/{id}': defineRoute({ summary: "Read a tag's limit", tag, params: byId, ok: TagConcurrencyLimit }),
  'GET /concurrency_limits/tag/{tag}': defineRoute({ summary: "Read a tag's limit by the tag", tag, params: byTag, ok: TagConcurrencyLimit }),
  'DELETE /concurrency_limits/{id}': defineRoute({ summary: "Delete a tag's limit", tag, params: byId, ok: z.undefined(), status: 204 }),
  'DELETE /concurrency_limits/tag/{tag}': defineRoute({
    summary: "Delete a tag's limit by the tag",
    tag,
    params: byTag,
    ok: z.undefined(),
    status: 204,
  }),
  'POST /concurrency_limits/tag/{tag}/reset': defineRoute({
    summary: "Free all slots of a tag's limit",
    tag,
    params: byTag,
    body: z.object({ slot_override: z.array(uuid).max(10_000).nullish() }).prefault({}),
    ok: z.undefined(),
  }),
  'POST /concurrency_limits/increment': defineRoute({
    summary: 'Take a slot of each tag for a task run; 423 when one has none',
    tag,
    body: TagSlots,
    ok: z.array(LimitRef),
  }),
  'POST /concurrency_limits/decrement': defineRoute({
    summary: "Give a task run's slots of tags back",
    tag,
    body: TagSlots,
    ok: z.array(LimitRef),
  }),
  'POST /concurrency_limits/filter': defineRoute({
    summary: "List tags' limits",
    tag,
    body: z.strictObject({ limit: page.limit, offset: natural.default(0) }).prefault({}),
    ok: z.array(TagConcurrencyLimit),
  }),
};
