import { reclaim } from '@sluice/etl';
import { flow } from '@sluice/sdk';
import { z } from 'zod';

const params = z.object({ warehouse: z.string().optional() });

/** First clean-up: what killed loads have left behind. Files of a load that still runs are not touched. */
export const cleanupFlow1 = flow({ name: 'cleanup-flow-1', params }, ({ warehouse }, context) => reclaim({ warehouse }, context));
