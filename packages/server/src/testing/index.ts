export { startCluster as startTestCluster } from '../postgres/cluster.ts';
export { aTableLoad } from './a-table-load.ts';
export { clientQuestions } from './client-questions.ts';
export { type Fill, fillEndedRuns } from './fill-ended-runs.ts';
export { fillScheduled, lookAtAll } from './fill-scheduled.ts';
export { type KnownRecords, pageQuestions } from './page-questions.ts';
export { createTestDatabase, type TestDatabase } from './test-database.ts';
export { startTestServer, type TestServer } from './test-server.ts';
export { connect as connectSocket, toldOfTask } from './test-sockets.ts';
