import { z } from 'zod';
import { natural } from '../model/common.ts';
import { FlowRun } from '../model/flow-run.ts';
import { HistoryBucket } from './flow-run-routes.ts';
import { defineRoute } from './route.ts';
import { RunSummary } from './run-summary.ts';

/** Slots of a pool or of a tag or another name that has a limit. */
const SlotUse = z.object({ kind: z.enum(['work pool', 'limit']), name: z.string(), used: natural, limit: natural });

/** Runs that are due in a queue of which no worker takes any. */
const Backlog = z.object({ work_pool_name: z.string(), work_queue_name: z.string(), waiting: natural });

/** How it stands, in one answer: what a person wants to know first. */
const Overview = z.object({
  /** Runs now, by the type of their state. */
  states: RunSummary,
  /** Runs that should have started a while ago. */
  late: natural,
  /** Runs that failed or crashed within the last hour. */
  failed_last_hour: natural,
  /** Runs by the hour in which they were due, the last 24 hours. */
  history: z.array(HistoryBucket),
  slots: z.array(SlotUse),
  workers: z.object({ online: natural, offline: natural }),
  backlogs: z.array(Backlog),
  /** The newest runs, and the names of their flows by the ids. */
  runs: z.array(FlowRun),
  flow_names: z.record(z.string(), z.string()),
});

export const overviewRoutes = {
  'GET /overview': defineRoute({ summary: 'How it stands: runs, slots, workers and the last day', tag: 'overview', ok: Overview, ours: true }),
};
