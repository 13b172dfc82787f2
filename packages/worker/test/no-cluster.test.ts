import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { type Lab, startLab } from '../../../tests/support/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  await lab.client.request('POST /work_pools/', { body: { name: 'kubernetes', type: 'kubernetes' } });
});
afterEach(() => {
  delete process.env['KUBECONFIG'];
});
afterAll(() => lab.stop());

test('a worker that finds no cluster does not start, and says where it looks', async () => {
  process.env['KUBECONFIG'] = join(lab.home, 'kubeconfig.json');
  writeFileSync(process.env['KUBECONFIG'], '{}');
  await expect(lab.worker('kubernetes')).rejects.toMatchObject({
    code: 'USAGE',
    message: 'The worker finds no Kubernetes cluster.',
    hint: expect.stringContaining('KUBECONFIG'),
  });
});
