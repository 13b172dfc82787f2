import { z } from 'zod';
import { json, stored, uuid } from './common.ts';
import { limited, longText, shortText } from './field-limits.ts';

/** Prefect cuts what is longer, and says so by three dots. */
const MAX_METADATA = 500;
const cut = (text: string) => (text.length > MAX_METADATA ? `${text.slice(0, MAX_METADATA)}...` : text);

export const artifactKey = z
  .string()
  .max(1000)
  .regex(/^[a-z0-9-]*$/, 'must only contain lowercase letters, numbers, and dashes');

const shown = {
  type: z.string().nullable(),
  description: z.string().nullable(),
  data: json,
  metadata_: z.record(z.string(), z.string()).nullable(),
  flow_run_id: uuid.nullable(),
  task_run_id: uuid.nullable(),
};

/** What a run shows to people: a text, a table, a link, a picture, how far it is. */
export const Artifact = z.object({ ...stored, key: z.string().nullable(), ...shown });
export type Artifact = z.infer<typeof Artifact>;

/** The newest artifact of a key. */
export const ArtifactCollection = z.object({ ...stored, key: z.string(), latest_id: uuid, ...shown });
export type ArtifactCollection = z.infer<typeof ArtifactCollection>;

const told = {
  description: longText.nullish(),
  data: limited('artifact', json).optional(),
  metadata_: limited('labels', z.record(z.string(), z.string().transform(cut))).nullish(),
};

export const ArtifactCreate = z.strictObject({
  key: artifactKey.nullish(),
  type: shortText.nullish(),
  ...told,
  flow_run_id: uuid.nullish(),
  task_run_id: uuid.nullish(),
});
export type ArtifactCreate = z.infer<typeof ArtifactCreate>;

export const ArtifactUpdate = z.strictObject(told);
export type ArtifactUpdate = z.infer<typeof ArtifactUpdate>;
