import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { startCommand } from './support/command.ts';
import type { Sluice } from './support/sluice.ts';

let sluice: Sluice;
let folder: string;

beforeAll(async () => {
  const started = await startCommand();
  ({ sluice } = started);
  return started.stop;
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-project-'));
  return () => rmSync(folder, { recursive: true });
});

const deploy = (config: string) => {
  writeFileSync(join(folder, 'sluice.config.ts'), config);
  return sluice.run(['deploy'], { cwd: folder });
};

test('without a configuration it says where it has looked', async () => {
  mkdirSync(join(folder, 'inner'));
  const { code, stderr } = await sluice.run(['deploy'], { cwd: join(folder, 'inner') });
  expect(stderr).toMatch(
    /^Error: There is no sluice\.config\.ts in .*inner, in its folder flows, or above\.\nGo to the project, or name the file with --config\.\n$/,
  );
  expect(code).toBe(3);
});

const GREET = fileURLToPath(new URL('./fixtures/project/greet.ts', import.meta.url));
const twoDeployments = (second: string) => `
  import { greet } from ${JSON.stringify(GREET)};
  const entrypoint = 'greet.ts:greet';
  export default { deployments: [{ flow: greet, options: { name: 'first', entrypoint } }, { flow: greet, options: { name: 'second', ${second} } }] };`;

test.each([
  {
    what: 'of an unknown work pool',
    second: "entrypoint, pool: 'defalt-pool'",
    code: 3,
    says: /There is no work pool "defalt-pool"\.\nDid you mean "default-pool"\?/,
  },
  { what: 'of a flow outside of the project', second: '', code: 2, says: /The flow 'greet' is defined in .*greet\.ts, outside of the project/ },
  ...['a/b', 'a%b', 'a&b', 'a<b', 'a>b', ''].map((name) => ({
    what: `whose flow is named "${name}"`,
    second: `entrypoint } }, { flow: Object.assign(() => {}, greet, { flowName: ${JSON.stringify(name)} }), options: { name: 'third', entrypoint`,
    code: 2,
    says: new RegExp(`The flow "${name}" cannot be deployed: its name `),
  })),
  {
    what: 'with a name that holds a slash',
    second: "name: 'x/y', entrypoint",
    code: 2,
    says: /The deployment "greet\/x\/y" cannot be deployed: its name /,
  },
  {
    what: 'with a limit of 0',
    second: 'entrypoint, concurrencyLimit: 0',
    code: 2,
    says: /"greet\/second" cannot be deployed: its concurrency_limit is too small/,
  },
  { what: 'with a name that another has', second: "name: 'first', entrypoint", code: 2, says: /The deployment "greet\/first" appears twice/ },
])('when there is a deployment $what, none is made, and none is told as made', async ({ second, code, says }) => {
  await sluice.run(['setup']);
  const deployed = await deploy(twoDeployments(second));
  expect(deployed.stderr).toMatch(says);
  expect(deployed).toMatchObject({ code, stdout: '' });
  expect(await sluice.run(['deployment', 'ls'])).toEqual({ code: 0, stdout: '', stderr: '' });
});

test.each([
  {
    what: 'exports nothing',
    config: 'export const deployments = [];',
    says: /does not export a configuration\.\nIt ends with: export default defineConfig/,
  },
  { what: 'lists nothing', config: 'export default { deployments: [] };', says: /lists no deployments\./ },
  { what: 'is no TypeScript', config: 'export default {', says: /sluice\.config\.ts cannot be loaded: .*\(.*sluice\.config\.ts:1\)/ },
  {
    what: 'holds an enum',
    config: 'enum Size { small }\nexport default {};',
    says: /cannot be loaded: .*\nNode only strips types, so enum/s,
  },
  { what: 'imports what is not there', config: "import './nope.ts';\nexport default {};", says: /cannot be loaded: Cannot find module .*nope\.ts/ },
])('a configuration that $what is told, with the next step and without a stack trace', async ({ config, says }) => {
  const { code, stdout, stderr } = await deploy(config);
  expect(stderr).toMatch(says);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});
