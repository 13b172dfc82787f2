import { resolve } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import type { BlockKind } from '@sluice/sdk';
import { loadModule } from '../project/load-module.ts';

const isKind = (value: unknown): value is BlockKind =>
  isObject(value) && typeof value['slug'] === 'string' && typeof value['name'] === 'string' && isObject(value['json']);

/** The types of blocks that a file exports, each once. */
export async function blockKindsIn(path: string): Promise<BlockKind[]> {
  const file = resolve(path);
  const exported = Object.values(await loadModule(file, 'Name the file with --file.'));
  const kinds = exported.flatMap((value) => (isObject(value) && isKind(value['kind']) ? [value['kind']] : []));
  if (kinds.length > 0) return [...new Set(kinds)];
  throw new SluiceError('ENTRYPOINT_INVALID', `${file} exports no block type.`, {
    hint: "Export it: export const shop = defineBlock('shop', { schema: z.object({ … }) });",
  });
}
