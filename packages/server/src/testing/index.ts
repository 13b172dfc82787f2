export { startCluster as startTestCluster } from '../postgres/cluster.ts';
export { aTableLoad } from './a-table-load.ts';
export { type Fill, fillEndedRuns } from './fill-ended-runs.ts';
export { type KnownRecords, pageQuestions } from './page-questions.ts';
export { createTestDatabase, type TestDatabase } from './test-database.ts';
export { startTestServer, type TestServer } from './test-server.ts';
