import { defineConfig } from 'vitest/config';

/** Tests that need no database and no other process: all of them take seconds. */
const PURE = [
  'packages/core/src/**/*.test.ts',
  'packages/client/src/wait-limit.test.ts',
  'packages/cli/test/{board-text,import-plan,pure,reference,time-left}.test.ts',
  'packages/etl/test/{plan-job,plan-table,postgres-chunks,report-build,warehouse-compare}.test.ts',
  'packages/sdk/test/{futures,keys,params,results,retried-at,run-body,settings}.test.ts',
  'packages/server/src/{dispatch/assign,dispatch/deadlock,http/{api-version,client-address,generation,problem},orchestrate/only-door,store/only-store,http/mount,schemas/*}.test.ts',
  'packages/home/src/*.test.ts',
  'packages/ui/src/**/*.test.ts',
  'packages/worker/test/{bundle-files,cache-folder,docker-job,kubernetes-job,read-arguments}.test.ts',
  'tests/{architecture,home-files,house,limits,prefect-compatibility,timers}.test.ts',
];
const ALL = ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'tests/**/*.test.ts', 'flows/**/*.test.ts', 'demo/**/*.test.ts'];

/** The packages are taken from their source; Vite's own conditions beside it. Vitest tells them to the processes of tests, too. */
const conditions = ['@sluice/source', 'module', 'node', 'development|production'];

/** The packages as they are published: built, packed, installed. A minute of its own: `npm run test:packed`. */
const PACKED = 'tests/packed/*.test.ts';

/** Beside Prefect's own package for Python, which is installed: `npm run test:prefect`. */
const WITH_PREFECT = 'tests/with-prefect/*.test.ts';

export default defineConfig({
  ssr: { resolve: { conditions } },
  environments: { __vitest__: { resolve: { conditions } } }, // that of the global setups
  test: {
    globalSetup: ['./tests/support/test-run.ts'],
    setupFiles: ['./tests/support/test-limits.ts'],
    // Two processors: more files at once only wait for each other.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'pure', include: PURE } },
      { extends: true, test: { name: 'real', include: ALL, exclude: [...PURE, PACKED, WITH_PREFECT], globalSetup: ['./tests/support/postgres.ts'] } },
      { extends: true, test: { name: 'packed', include: [PACKED], globalSetup: ['./tests/support/packed.ts'] } },
      {
        extends: true,
        test: { name: 'prefect', include: [WITH_PREFECT], globalSetup: ['./tests/support/postgres.ts', './tests/support/prefect-package.ts'] },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/core/src/orchestration/**/*.ts'],
      thresholds: { lines: 100, branches: 100 },
      reporter: ['text-summary'],
    },
  },
});
