import { flow, runDeployment, waitForFlowRuns } from '@sluice/sdk';

/** When the first line of the body runs, in microseconds since 1970. */
export const firstLine = flow({ name: 'bench-first-line' }, async (_params: object) =>
  Math.round((performance.timeOrigin + performance.now()) * 1000),
);

export const emptyTable = flow({ name: 'bench-empty-table' }, async (_params: { table: number }) => {});

/** The guide's main flow with nothing in it: a run for each table, a wait, two clean-ups. */
export const emptyMain = flow({ name: 'bench-empty-main' }, async ({ tables }: { tables: number }) => {
  const runs = await Promise.all(
    Array.from({ length: tables }, (_, table) => runDeployment(emptyTable.deployment('bench'), { table }, { timeout: 0 })),
  );
  await waitForFlowRuns(runs);
  const cleanups = await Promise.all([-1, -2].map((table) => runDeployment(emptyTable.deployment('bench'), { table }, { timeout: 0 })));
  await waitForFlowRuns(cleanups);
});
