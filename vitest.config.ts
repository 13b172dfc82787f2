import { defineConfig } from 'vitest/config';

/** Tests that need no database and no other process: all of them take seconds. */
const PURE = [
  'packages/core/src/**/*.test.ts',
  'packages/cli/test/{pure,reference}.test.ts',
  'packages/etl/test/{plan-job,plan-table,postgres-chunks,report-build,warehouse-compare}.test.ts',
  'packages/sdk/test/{futures,keys,params,results,retried-at,run-body,settings}.test.ts',
  'packages/server/src/{dispatch/assign,dispatch/deadlock,http/client-address,http/problem,orchestrate/only-door,store/only-store,http/mount,schemas/*}.test.ts',
  'packages/home/src/*.test.ts',
  'tests/{architecture,home-files,limits}.test.ts',
];
const ALL = ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'tests/**/*.test.ts', 'flows/**/*.test.ts', 'demo/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['./tests/support/test-run.ts'],
    setupFiles: ['./tests/support/test-limits.ts'],
    // Two processors: more files at once only wait for each other.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'pure', include: PURE } },
      { extends: true, test: { name: 'real', include: ALL, exclude: PURE, globalSetup: ['./tests/support/postgres.ts'] } },
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/core/src/orchestration/**/*.ts'],
      thresholds: { lines: 100, branches: 100 },
      reporter: ['text-summary'],
    },
  },
});
