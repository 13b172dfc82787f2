import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { packAll } from '../../scripts/pack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** By the names of their packages. */
    readonly tarballs: Readonly<Record<string, string>>;
  }
}

/** Packs every package, once for all tests that install them. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tarballs-'));
  chmodSync(folder, 0o755);
  provide('tarballs', await packAll(folder));
  return () => rmSync(folder, { recursive: true, force: true });
}
