import { afterAll, beforeAll, test as everywhere, expect } from 'vitest';
import type { Host } from './host.ts';
import { canMakeHosts, Network } from './network.ts';

const test = everywhere.skipIf(!canMakeHosts);

let network: Network;
let near: Host;
let far: Host;

beforeAll(async () => {
  if (!canMakeHosts) return;
  network = new Network(['near', 'far']);
  [near, far] = await Promise.all([network.host('near', { hidden: ['flows', 'demo'] }), network.host('far')]);
});
afterAll(() => network?.[Symbol.asyncDispose]());

/** Nobody listens there: a host that is reached says so. */
const reaches = async (from: Host, to: string) =>
  (await from.run('timeout', ['1', 'bash', '-c', 'exec 3<>"/dev/tcp/$0/9"', to])).stderr.includes('refused');

test('a host has a name, a user, a home and processes of its own, and nothing of the repo but what is installed', async () => {
  const looks = await near.expect('sh', [
    '-c',
    'hostname; id -un; pwd; ls -A /tmp; ls /opt/sluice/flows; test -e "$0" && ls -A "$0"; ps -o pid= ax | wc -l',
    process.cwd(),
  ]);
  expect(looks.trim().split('\n').slice(0, 3)).toEqual(['near', 'near', '/home/near']);
  expect(looks.trim().split('\n')).toHaveLength(4);
  expect((await near.run('touch', ['/opt/sluice/package.json'])).code).not.toBe(0);
  expect((await near.sluice(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+/);
});

test('hosts reach each other by name, until a cable is cut, and again when it is mended', async () => {
  expect(await reaches(near, 'far')).toBe(true);
  far.cut();
  expect(await reaches(near, 'far')).toBe(false);
  far.mend();
  expect(await reaches(near, 'far')).toBe(true);
});

test('all programs of a host end with it', async () => {
  const program = far.start('sh', ['-c', 'echo on; sleep 600']);
  await program.until(/on/);
  await far.powerOff();
  expect(await program.ended).toSatisfy((how) => how !== 0);
  expect(await reaches(near, 'far')).toBe(false);
});
