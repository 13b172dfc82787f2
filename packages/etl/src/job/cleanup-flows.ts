import { flow, task } from '@sluice/sdk';
import { z } from 'zod';
import { type PublishRequest, publish } from '../steps/publish.ts';
import { reclaim } from '../steps/reclaim.ts';
import { REPORT_TASK } from './deployments.ts';

const ofFirst = z.object({ warehouse: z.string().optional() });

/** First clean-up: what killed loads have left behind. Files of a load that still runs are not touched. */
export const defineCleanupFlow1 = (file: string) =>
  flow({ name: 'cleanup-flow-1', params: ofFirst, file }, ({ warehouse }, context) => reclaim({ warehouse }, context));

const ofSecond = z.object({
  /** The flow run of the job whose report is written. */
  main: z.string(),
  warehouse: z.string().optional(),
  unreadable: z.array(z.object({ table: z.string(), reason: z.string(), entry: z.enum(['data', 'other']).optional() })).default([]),
  /** Tables of the warehouse that the source does not have any more. */
  gone: z.array(z.string()).default([]),
});

/** Whoever is not on the machine where the report is written finds it in the result of this task. */
const writeReport = task({ name: REPORT_TASK }, (request: PublishRequest, context) => publish(request, context));

/** Second clean-up: the warehouse is checked and tidied, and the report is written. */
export const defineCleanupFlow2 = (file: string) =>
  flow({ name: 'cleanup-flow-2', params: ofSecond, file }, async (request) => {
    const { totals, file: report } = await writeReport(request);
    return { ...totals, report };
  });
