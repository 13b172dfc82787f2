/** The deployment of the job's main flow, in every project that has the job. */
export const MAIN_DEPLOYMENT = 'main-etl-job/main-etl-deployment';
