import { z } from 'zod';

/** Why a run does not go on, in one sentence, and what a person can do about it. Both null for one that goes on, or may at once. */
export const WaitReason = z.object({ reason: z.string().nullable(), hint: z.string().nullable() });
export type WaitReason = z.infer<typeof WaitReason>;
