import { z } from 'zod';
import { jsonObject, stored, uuid } from './common.ts';
import { limited, shortText } from './field-limits.ts';

/** Prefect refuses other characters in a key, in every version that has inputs. */
const inputKey = shortText.min(1).regex(/^[\w-]+$/, 'must hold letters, digits, dashes and underscores only');

/** A message to a flow run, which the run takes by its key: what a paused run waits for, or what other runs send to it. */
export const FlowRunInput = z.object({ ...stored, flow_run_id: uuid, key: z.string(), value: z.string(), sender: z.string().nullable() });
export type FlowRunInput = z.infer<typeof FlowRunInput>;

export const FlowRunInputCreate = z.strictObject({ key: inputKey, value: limited('run_input', z.string()), sender: shortText.nullish() });

/** What a person gives a paused run to go on with. */
export const RunInput = limited('run_input', jsonObject);
