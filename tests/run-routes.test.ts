import { globSync, readFileSync } from 'node:fs';
import { routes } from '@sluice/core/api/routes';
import { expect, test } from 'vitest';
import { isOpenToRuns } from '../packages/server/src/auth/run-routes.ts';

const NOT_IN_FLOWS = [
  // Deploying and serving are a person's work, or a pipeline's, with a key.
  'packages/sdk/src/deployments/deploy-flows.ts',
  'packages/sdk/src/serving/serve-flows.ts',
  // A flow reads blocks by its token. To save one, on which others rely, takes a key: docs/flows.md says so.
  'packages/sdk/src/data/block.ts',
  'packages/sdk/src/data/register-block.ts',
];

test('whatever the SDK and the ETL ask the server for in a flow, the token of its run opens', () => {
  const files = globSync('packages/{sdk,etl}/src/**/*.ts').filter((file) => !NOT_IN_FLOWS.includes(file));
  const asked = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/'([A-Z]+ \/[^'\s]*)'/g)].map(([, key = '']) => key));
  const known = [...new Set(asked)].filter((key) => Object.hasOwn(routes, key));
  expect(known.length).toBeGreaterThan(15);
  expect(known.filter((key) => !isOpenToRuns(key))).toEqual([]);
});
