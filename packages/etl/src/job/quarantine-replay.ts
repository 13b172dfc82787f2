import { flow, task } from '@sluice/sdk';
import { z } from 'zod';
import { isForParts } from '../steps/load-table.ts';
import { loadMended, mendRows, type ReplayRequest } from '../steps/replay-rows.ts';
import { retryDelays } from './retry-delays.ts';

const params = z.object({
  table: z.string().describe("The table's name in the warehouse."),
  rows: z
    .array(z.object({ id: z.string(), raw: z.string() }))
    .min(1)
    .describe('Rows in quarantine by their ids, each with the text that is to be loaded in its place.'),
  warehouse: z.string().optional().describe("Path of the warehouse file; the home's own when left out."),
});

const mend = task({ name: 'mend-rows' }, (request: ReplayRequest & { again?: number }, context) => mendRows(request, context));
const load = task({ name: 'load-mended' }, loadMended);

/** Loads rows of a table's quarantine that somebody has mended. What cannot be kept either stays there, with its reason. */
export const defineQuarantineReplay = (file: string) =>
  flow({ name: 'quarantine-replay', params, retries: 1, retryDelay: retryDelays().flow, file }, async (request, { run }) => {
    const mended = await mend(request);
    try {
      return await load(mended);
    } catch (error) {
      // A run that goes on on another machine finds no parts there.
      if (!isForParts(error)) throw error;
      return await load(await mend({ ...request, again: run.attempt }));
    }
  });
