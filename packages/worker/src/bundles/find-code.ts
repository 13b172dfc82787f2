import { dirname, join, posix, resolve } from 'node:path';
import type { Client } from '@sluice/client';
import type { Code, WantedCode } from '../job.ts';
import type { Beside } from './beside.ts';
import type { BundleCache } from './bundle-cache.ts';

export interface FoundCode {
  readonly code: Code;
  /** Its run has ended. */
  release(): void;
}

interface Options {
  readonly client: Client;
  /** Where bundles are unpacked: a folder of the home. */
  readonly bundles: string;
  readonly bundleCacheMb: number;
}

/**
 * Where the code of a run is on this machine: the folder that it was deployed from, as long as that holds what was deployed, or else its
 * bundle, unpacked. A deployment without a bundle names a folder that must be there.
 */
export class CodeFinder {
  readonly #options: Options;
  #beside: Promise<Beside> | undefined;
  #cache: Promise<BundleCache> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  async find({ bundle, pull, path, ...rest }: WantedCode): Promise<FoundCode> {
    if (pull?.git) {
      const { folder, release } = await (await this.#caching()).takeClone(pull.git);
      return { code: { ...rest, path: join(folder, pull.directory ?? '.') }, release };
    }
    if (pull) return { code: { ...rest, path: resolve(pull.directory ?? '.') }, release: () => {} };
    if (!bundle) return { code: { ...rest, path: resolve(path ?? '.') }, release: () => {} };
    const inner = bundle.folder ?? '.';
    if (path !== null) {
      const folder = resolve(path);
      this.#beside ??= import('./beside.ts').then((module) => new module.Beside(dirname(this.#options.bundles)));
      const root = resolve(folder, posix.relative(inner, '.'));
      if (await (await this.#beside).has(root, bundle.name)) return { code: { ...rest, path: folder }, release: () => {} };
    }
    const { folder, release } = await (await this.#caching()).take(bundle.name);
    return { code: { ...rest, path: join(folder, inner) }, release };
  }

  #caching(): Promise<BundleCache> {
    const { client, bundles: folder, bundleCacheMb: mostMb } = this.#options;
    this.#cache ??= import('./bundle-cache.ts').then((module) => new module.BundleCache({ client, folder, mostMb }));
    return this.#cache;
  }
}
