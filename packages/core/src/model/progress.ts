import { z } from 'zod';
import { instant, uuid } from './common.ts';

/** Ours: how far a flow run is. `total` is null while nobody knows it. */
export const Progress = z.object({
  flow_run_id: uuid,
  label: z.string(),
  done: z.number(),
  total: z.number().nullable(),
  updated: instant,
});
export type Progress = z.infer<typeof Progress>;

export const ProgressUpdate = z.strictObject({
  label: z.string().max(500),
  done: z.number().min(0),
  total: z.number().min(0).nullish(),
});
