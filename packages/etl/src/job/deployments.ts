/** Names of the job's deployments, by flow: the main flow starts the others by them. */
export const DEPLOYMENTS = {
  mainEtl: 'main-etl-deployment',
  processTableEtl: 'process-table-etl-deployment',
  cleanupFlow1: 'cleanup-flow-1-deployment',
  cleanupFlow2: 'cleanup-flow-2-deployment',
  quarantineReplay: 'quarantine-replay-deployment',
} as const;

/** The task of the second clean-up whose result is the job's report. */
export const REPORT_TASK = 'write-report';
