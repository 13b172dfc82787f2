import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Flow } from '@sluice/sdk';
import { afterAll } from 'vitest';

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures');

let saves = 0;

/** A folder of flows that a test writes and changes, below the repo, so that it finds the SDK. Gone after the tests of the file. */
export function makeProject() {
  const path = mkdtempSync(join(FIXTURES, 'project-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    /** Saves a file; each time later than the last, as an editor does. */
    save(file: string, text: string): void {
      writeFileSync(join(path, file), text);
      const when = 1_700_000_000 + ++saves;
      utimesSync(join(path, file), when, when);
    },
    /** A flow of the project, as this process sees it, to be deployed. */
    async flow(name: string, file = 'flows.ts'): Promise<Flow<unknown, unknown, unknown>> {
      const module = (await import(/* @vite-ignore */ join(path, file))) as Record<string, Flow<unknown, unknown, unknown>>;
      return module[name] as Flow<unknown, unknown, unknown>;
    },
  };
}
