import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['./tests/support/postgres.ts'],
    // Two processors: more files at once only wait for each other.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'tests/**/*.test.ts', 'flows/**/*.test.ts', 'demo/**/*.test.ts'],
    coverage: {
      provider: 'v8',
      include: ['packages/core/src/orchestration/**/*.ts'],
      thresholds: { lines: 100, branches: 100 },
      reporter: ['text-summary'],
    },
  },
});
