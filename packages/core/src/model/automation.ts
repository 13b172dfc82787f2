import { z } from 'zod';
import { jsonObject, positive, stored, tags, uuid } from './common.ts';
import { limited, longText, shortText } from './field-limits.ts';
import { STATE_TYPES } from './state-type.ts';

const patterns = z.array(z.string().max(1000)).max(100);
const specification = z.record(z.string().max(1000), z.union([shortText, z.array(shortText).max(100)]));

const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Seconds, as a number or as an ISO 8601 duration. */
const seconds = z.union([z.number().min(0).max(315_576_000), z.string().regex(ISO, 'not a duration')]).transform((value) => {
  if (typeof value === 'number') return value;
  const [days = 0, hours = 0, minutes = 0, rest = 0] = (ISO.exec(value)?.slice(1) ?? []).map((part) => Number(part ?? 0));
  return days * 86_400 + hours * 3600 + minutes * 60 + rest;
});

/** Prefect's shortest window for what does not happen. */
const SHORTEST_PROACTIVE = 10;

/** Fires when events come, or when they do not. */
export const EventTrigger = z
  .object({
    type: z.literal('event').default('event'),
    id: uuid.optional(),
    match: specification.default({}),
    match_related: z.union([specification, z.array(specification).max(20)]).default({}),
    after: patterns.default([]),
    expect: patterns.default([]),
    for_each: patterns.default([]),
    posture: z.enum(['Reactive', 'Proactive']),
    threshold: positive.default(1),
    within: seconds.default(0),
  })
  .transform((trigger) => (trigger.posture === 'Proactive' && trigger.within === 0 ? { ...trigger, within: SHORTEST_PROACTIVE } : trigger))
  .refine(({ posture, within }) => posture === 'Reactive' || within >= SHORTEST_PROACTIVE, {
    path: ['within'],
    message: '`within` for Proactive triggers must be greater than or equal to 10 seconds',
  });
export type EventTrigger = z.output<typeof EventTrigger>;

export interface CompositeTrigger {
  readonly type: 'compound' | 'sequence';
  readonly id?: string | undefined;
  readonly triggers: readonly Trigger[];
  readonly within: number | null;
  readonly require?: number | 'any' | 'all' | undefined;
}
export type Trigger = EventTrigger | CompositeTrigger;

const parts = z.lazy(() => z.array(Trigger).min(1).max(20));
const Compound = z
  .object({
    type: z.literal('compound'),
    id: uuid.optional(),
    triggers: parts,
    within: seconds.nullable(),
    require: z.union([positive, z.enum(['any', 'all'])]),
  })
  .refine(({ require, triggers }) => typeof require !== 'number' || require <= triggers.length, {
    path: ['require'],
    message: 'require must be less than or equal to the number of triggers',
  });
const Sequence = z.object({ type: z.literal('sequence'), id: uuid.optional(), triggers: parts, within: seconds.nullable() });
const Trigger: z.ZodType<Trigger> = z.union([EventTrigger, Compound, Sequence]) as unknown as z.ZodType<Trigger>;

const chosen = (field: string) => ({ source: z.enum(['selected', 'inferred']).default('selected'), [field]: uuid.nullish() });
const withOne = (type: string, field: string) =>
  z
    .object({ type: z.literal(type), ...chosen(field) })
    .refine((action) => (action.source === 'selected') === ((action as Record<string, unknown>)[field] != null), {
      path: [field],
      message: `is needed when the source is selected, and not otherwise`,
    });
const plain = (type: string) => z.object({ type: z.literal(type) });

const Action = z.union([
  plain('do-nothing'),
  z.object({
    type: z.literal('run-deployment'),
    ...chosen('deployment_id'),
    parameters: jsonObject.nullish(),
    job_variables: jsonObject.nullish(),
    schedule_after: seconds.default(0),
  }),
  withOne('pause-deployment', 'deployment_id'),
  withOne('resume-deployment', 'deployment_id'),
  plain('cancel-flow-run'),
  plain('suspend-flow-run'),
  plain('resume-flow-run'),
  plain('delete-flow-run'),
  z.object({
    type: z.literal('change-flow-run-state'),
    name: z.string().max(1000).nullish(),
    state: z.enum(STATE_TYPES),
    message: longText.nullish(),
    force: z.boolean().default(false),
  }),
  withOne('pause-work-pool', 'work_pool_id'),
  withOne('resume-work-pool', 'work_pool_id'),
  withOne('pause-work-queue', 'work_queue_id'),
  withOne('resume-work-queue', 'work_queue_id'),
  withOne('pause-automation', 'automation_id'),
  withOne('resume-automation', 'automation_id'),
  z.object({ type: z.literal('call-webhook'), block_document_id: uuid, payload: z.union([longText, jsonObject]).nullish() }),
  z.object({
    type: z.literal('send-notification'),
    block_document_id: uuid,
    subject: longText.default('Prefect automated notification'),
    body: longText,
  }),
]);
/** What is done when an automation fires: a word, and what belongs to it. */
export type Action = { readonly type: string } & { readonly [field: string]: unknown };

const actions = limited('automation', z.array(Action).max(100)) as unknown as z.ZodType<Action[]>;

const core = {
  name: z.string().min(1).max(1000),
  description: longText.default(''),
  enabled: z.boolean().default(true),
  tags: tags.default([]),
  trigger: limited('automation', Trigger),
  actions,
  actions_on_trigger: actions.default([]),
  actions_on_resolve: actions.default([]),
};

export const AutomationCreate = z.strictObject({ ...core, owner_resource: shortText.nullish() });
export const AutomationUpdate = z.strictObject(core);
export const AutomationPartialUpdate = z.strictObject({ enabled: z.boolean().default(true) });
export type AutomationChange = z.output<typeof AutomationUpdate>;

export const Automation = z.object({
  ...stored,
  name: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  tags,
  trigger: jsonObject as unknown as z.ZodType<Trigger>,
  actions: z.array(jsonObject) as unknown as z.ZodType<Action[]>,
  actions_on_trigger: z.array(jsonObject) as unknown as z.ZodType<Action[]>,
  actions_on_resolve: z.array(jsonObject) as unknown as z.ZodType<Action[]>,
});
export type Automation = z.output<typeof Automation>;

/** A worker of background tasks that is connected now. */
export const TaskWorker = z.object({ identifier: z.string(), task_keys: z.array(z.string()), timestamp: z.string() });
export const TaskWorkerFilter = z.object({ task_keys: z.array(z.string().max(2000)).max(1000) });
