import type { FlowRunFacts, FlowRunRecord } from './run-record.ts';

/**
 * A worker has it, and its queue was deleted: when it leaves its process, nobody takes it up again. A script's run stands in no queue
 * either, and has no deployment: its process takes it up itself. Nor does one that is served: who serves its deployment takes it up.
 */
export const isStranded = ({ work_queue_id, deployment_id }: FlowRunRecord, { lease }: Pick<FlowRunFacts, 'lease'>): boolean =>
  lease?.claimed === true && !lease.served && work_queue_id === null && deployment_id !== null;

export const STRANDED = 'Its work queue was deleted: no worker would take it up again.';
