import { expect, test } from 'vitest';
import { type ClaimCode, codeEnvironment, readClaimCode } from './claim-code.ts';

const git = { repository: 'https://example.com/flows.git', branch: 'main', commit: undefined, tokenFrom: 'GIT_TOKEN' };

test.each<[string, ClaimCode]>([
  ['a bundle', { path: '/srv/project', bundle: { name: 'a'.repeat(64), folder: 'flows' }, pull: null, heap_mb: 153, memory_mb: 256 }],
  ['a commit', { path: null, bundle: null, pull: { git, directory: 'flows' }, heap_mb: undefined, memory_mb: undefined }],
  ['a folder of the image', { path: '/srv/project', bundle: null, pull: { git: null, directory: '/app' }, heap_mb: undefined, memory_mb: undefined }],
  ['a folder', { path: '/srv/project', bundle: null, pull: null, heap_mb: undefined, memory_mb: undefined }],
])('code that is %s is read as it was written', (_what, code) => {
  expect(readClaimCode(codeEnvironment(code))).toEqual(code);
});

test.each([
  [{}, 'The environment names no code of a flow run: SLUICE_CLAIM_CODE is not set.'],
  [{ SLUICE_CLAIM_CODE: '{' }, 'The environment names no code of a flow run: SLUICE_CLAIM_CODE cannot be read.'],
  [{ SLUICE_CLAIM_CODE: '{"path":1}' }, 'The environment names no code of a flow run: SLUICE_CLAIM_CODE cannot be read.'],
])('an environment with %j is told of', (environment, sentence) => {
  expect(readClaimCode(environment)).toBe(sentence);
});
