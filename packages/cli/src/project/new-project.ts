import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';

/* What a new project holds, as texts. */

/** As npm takes a name; it names the deployment too. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,200}$/;

/** A name that may be given, or one that is made of the folder's. */
export function projectName(given: string | undefined, folder: string): string {
  if (given === undefined) {
    const made = folder.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
    return NAME.test(made) ? made : 'flows';
  }
  if (NAME.test(given)) return given;
  throw new SluiceError('USAGE', `"${given}" is no name for a project.`, {
    hint: 'Write small letters, digits, dots and dashes, beginning with a letter or a digit.',
  });
}

/** `.mts` is a module whatever the package.json says of its type, which may be there for other code. */
export const endingFor = (manifest: object | undefined): 'ts' | 'mts' =>
  manifest && (manifest as { type?: unknown }).type !== 'module' ? 'mts' : 'ts';

export const FLOW = `import { flow, task } from '@sluice/sdk';

const greet = task({ name: 'greet', retries: 2, retryDelay: '10s' }, async (name: string) => \`Hello, \${name}!\`);

export const hello = flow({ name: 'hello' }, async ({ name = 'world' }: { name?: string }, { log }) => {
  const greeting = await greet(name);
  log.info(greeting);
  return greeting;
});
`;

export const config = (name: string, flowFile: string): string => `import { defineConfig, deploy } from '@sluice/sdk';
import { hello } from './${flowFile}';

export default defineConfig({
  deployments: [deploy(hello, { name: '${name}', description: 'Says hello' })],
});
`;

/** The package.json with what is missing in it: all, when there is none. Undefined when nothing is. */
export function manifestWith(text: string | undefined, name: string, version: string): string | undefined {
  const manifest: Record<string, unknown> = text === undefined ? { name, private: true, type: 'module' } : readManifest(text);
  const lists = ['dependencies', 'devDependencies', 'peerDependencies'].map((field) => manifest[field]).filter(isObject);
  const missing = ['@sluice/sdk', 'sluice'].filter((each) => !lists.some((list) => each in list));
  if (missing.length === 0) return undefined;
  const dependencies = { ...(isObject(manifest['dependencies']) && manifest['dependencies']) };
  for (const each of missing) dependencies[each] = version;
  const indent = /^([ \t]+)"/m.exec(text ?? '')?.[1] ?? '  ';
  return `${JSON.stringify({ ...manifest, dependencies }, undefined, indent)}\n`;
}

export function readManifest(text: string): Record<string, unknown> {
  const broken = (cause?: unknown) =>
    new SluiceError('CONFLICT', 'The package.json here cannot be read.', { hint: 'Mend it, or start in another folder.', cause });
  try {
    const read: unknown = JSON.parse(text);
    if (isObject(read)) return read;
  } catch (cause) {
    throw broken(cause);
  }
  throw broken();
}

/** A home in the project holds the database and passwords. */
const IGNORED = ['node_modules/', '.sluice/'];

/** The .gitignore with the lines that are missing in it. Undefined when none is. */
export function ignoreWith(text = ''): string | undefined {
  const lines = new Set(text.split('\n').map((line) => line.trim().replace(/^\//, '').replace(/\/?$/, '/')));
  const missing = IGNORED.filter((line) => !lines.has(line));
  if (missing.length === 0) return undefined;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`;
}
