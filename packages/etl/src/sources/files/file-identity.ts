import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FilePlan, TablePlan } from '../../model.ts';
import { faultOf } from './fault-of.ts';
import { expandPattern } from './pattern.ts';
import { membersOf } from './plan-many.ts';

/** By what a file is known again. */
export type FileIdentity = Pick<FilePlan, 'bytes' | 'modified_ms' | 'hash'>;

/** A file of this size is hashed as a whole: in some milliseconds. */
const WHOLE_BYTES = 8 << 20;

/** In a larger one they are blocks, spread from its beginning to its end, and the instant of its last change, which nobody can set. */
const BLOCKS = 16;
const BLOCK_BYTES = 256 << 10;

/** Size and times can be those of another file: its content tells them apart. */
export async function identityOf(path: string): Promise<FileIdentity> {
  const handle = await open(path);
  try {
    const { size, mtimeMs, ctimeNs } = await handle.stat({ bigint: true }).then((facts) => ({
      size: Number(facts.size),
      mtimeMs: Number(facts.mtimeNs / 1000n) / 1000,
      ctimeNs: facts.ctimeNs,
    }));
    const hash = createHash('sha256');
    if (size > WHOLE_BYTES) hash.update(String(ctimeNs));
    for (const [start, bytes] of blocksOf(size)) await hashBlock(handle, hash, start, bytes);
    return { bytes: size, modified_ms: mtimeMs, hash: hash.digest('hex').slice(0, 32) };
  } finally {
    await handle.close();
  }
}

function blocksOf(size: number): [start: number, bytes: number][] {
  if (size <= WHOLE_BYTES) return [[0, size]];
  const step = (size - BLOCK_BYTES) / (BLOCKS - 1);
  return Array.from({ length: BLOCKS }, (_, index) => [Math.floor(index * step), BLOCK_BYTES]);
}

async function hashBlock(handle: FileHandle, hash: ReturnType<typeof createHash>, start: number, bytes: number): Promise<void> {
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.allocUnsafe(bytes), position: start });
  hash.update(buffer.subarray(0, bytesRead));
}

/** A file that is not what was planned: it has to be planned again. */
export class FileChanged extends SluiceError {
  readonly file: string;

  constructor(file: string) {
    super('TABLE_UNREADABLE', `${file} has changed since it was planned.`, {
      hint: 'Wait until nobody writes to it, then start a new run: it plans the file again.',
    });
    this.file = file;
  }
}

/** Files that are not what was planned would be read with the types of others, or half old and half new; one more may be there, too. */
export async function expectPlannedFiles(folder: string, plan: TablePlan): Promise<void> {
  for (const { table, from, file } of membersOf(plan)) {
    const now = await identityOf(join(folder, from.name)).catch((error: unknown) => {
      if (plan.members) throw new FileChanged(plan.from.name);
      throw new SluiceError('TABLE_UNREADABLE', `${table} cannot be read: ${faultOf(error)}.`, {
        hint: 'Put the file back, then run the load again.',
        cause: error,
      });
    });
    if (now.bytes !== file?.bytes || now.modified_ms !== file.modified_ms || now.hash !== file.hash) throw new FileChanged(from.name);
  }
  if (!plan.members) return;
  const files = (await expandPattern(folder, plan.from.name))?.files ?? [plan.from.name];
  if (files.join('\n') !== plan.members.map(({ name }) => name).join('\n')) throw new FileChanged(plan.from.name);
}
