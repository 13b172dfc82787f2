import { z } from 'zod';
import { entityName, labels, stored, tags } from './common.ts';

/** A user's function, known by its name. */
export const Flow = z.object({ ...stored, name: z.string(), tags, labels });
export type Flow = z.infer<typeof Flow>;

export const FlowCreate = z.strictObject({ name: entityName, tags: tags.default([]), labels: labels.nullish() });
export type FlowCreate = z.infer<typeof FlowCreate>;

export const FlowUpdate = z.strictObject({ tags: tags.default([]) });
