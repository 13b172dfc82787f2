import { expect, test } from 'vitest';
import { runEnvironment } from '../src/infrastructure/process/environment.ts';

const worker = { AWS_ACCESS_KEY_ID: 'id', AWS_ENDPOINT_URL_S3: 'http://store', AWSOME: 'x', SLUICE_SOURCE_EXPORTS: 's3://bucket/exports' };
const needs = { env: {}, apiUrl: 'http://api', token: undefined, authString: undefined };

test.each([
  ['in an object store, by its URL', 's3://bucket/folder', true],
  ['in an object store, by its name', 'exports', true],
  ['elsewhere', 'shop', false],
])('a clean run whose source is %s gets the keys of object stores only then', (_where, source, gets) => {
  const names = Object.keys(runEnvironment(worker, { ...needs, clean: true, sources: [source] }));
  expect(names.filter((name) => name.startsWith('AWS'))).toEqual(gets ? ['AWS_ACCESS_KEY_ID', 'AWS_ENDPOINT_URL_S3'] : []);
});
