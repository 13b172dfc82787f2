import { publish } from '@sluice/etl';
import { flow } from '@sluice/sdk';
import { z } from 'zod';

const params = z.object({
  /** The flow run of the job whose report is written. */
  main: z.string(),
  warehouse: z.string().optional(),
  unreadable: z.array(z.object({ table: z.string(), reason: z.string(), entry: z.enum(['data', 'other']).optional() })).default([]),
  /** Tables of the warehouse that the source does not have any more. */
  gone: z.array(z.string()).default([]),
});

/** Second clean-up: the warehouse is checked and tidied, and the report is written. */
export const cleanupFlow2 = flow({ name: 'cleanup-flow-2', params }, (request, context) => publish(request, context));
