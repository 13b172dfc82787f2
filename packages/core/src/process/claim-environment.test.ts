import { expect, test } from 'vitest';
import { claimEnvironment, OWN_VARIABLES, type OwnClaim, readClaim } from './claim-environment.ts';

const claim: OwnClaim = {
  api_url: 'http://127.0.0.1:4200/api',
  token: 'slr.1',
  flow_run_id: '019a0000-0000-7000-8000-000000000001',
  epoch: 3,
  lease_seconds: 2.5,
  path: '/code',
  entrypoint: 'flows.ts:main',
  worker_name: 'docker-1',
};

test('a claim that is written into an environment is read as it was', () => {
  expect(readClaim(claimEnvironment(claim))).toEqual(claim);
  const bare = { ...claim, token: undefined, path: undefined, worker_name: undefined };
  expect(readClaim(claimEnvironment(bare))).toEqual(bare);
});

test('what is for the program alone is all that names the claim, and neither the server nor the token', () => {
  const { SLUICE_API_URL: _, SLUICE_API_KEY: __, ...own } = claimEnvironment(claim);
  expect(Object.keys(own).sort()).toEqual([...OWN_VARIABLES].sort());
});

test.each([
  [
    'nothing',
    {},
    /^The environment holds no claim of a flow run: SLUICE_API_URL is not set; SLUICE_CLAIM_FLOW_RUN is not set; .*; SLUICE_CLAIM_ENTRYPOINT is not set\.$/,
  ],
  ['a run that is none', { SLUICE_CLAIM_FLOW_RUN: 'x' }, /SLUICE_CLAIM_FLOW_RUN: /],
  ['an epoch that is none', { SLUICE_CLAIM_EPOCH: '1.5' }, /SLUICE_CLAIM_EPOCH: /],
  ['an empty epoch', { SLUICE_CLAIM_EPOCH: '' }, /SLUICE_CLAIM_EPOCH: /],
  ['a lease of no time', { SLUICE_CLAIM_LEASE_SECONDS: '0' }, /SLUICE_CLAIM_LEASE_SECONDS: /],
  ['a server that is no URL', { SLUICE_API_URL: 'here' }, /SLUICE_API_URL: write a URL/],
])('an environment with %s is told of by the name of the variable', (what, more, sentence) => {
  expect(readClaim({ ...(what === 'nothing' ? {} : claimEnvironment(claim)), ...more })).toMatch(sentence);
});
