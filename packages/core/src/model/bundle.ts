import { z } from 'zod';
import { MOST_BUNDLE_MB } from './bundle-limits.ts';
import { instant, natural, positive, stored } from './common.ts';

/** A bundle is named by the SHA-256 of its files, as one tar: the same files have the same name on every machine. */
export const bundleName = z.string().regex(/^[0-9a-f]{64}$/, 'not the SHA-256 of a bundle');

/** Bytes of a chunk, before it is written as base64. With that a request stays below the usual limit of a body. */
export const CHUNK_BYTES = 1024 * 1024;
const CHUNK_TEXT = Math.ceil(CHUNK_BYTES / 3) * 4;

const size = z
  .int()
  .min(0)
  .max(MOST_BUNDLE_MB * 1e6 + CHUNK_BYTES);

/** Files of a project, packed: what a worker that does not stand in the project's folder runs. */
export const Bundle = z.object({
  ...stored,
  name: z.string(),
  /** Bytes as it is kept, compressed. */
  bytes: size,
  /** Bytes of its files. */
  unpacked_bytes: size,
  files: natural,
  chunks: positive,
  /** When all of it was there and was what its name says; null: it is on its way. */
  checked: instant.nullable(),
  /** Deployments that name it now, as flow/deployment. */
  deployments: z.array(z.string()),
  /** Runs that were made with it and have not ended. */
  unfinished_runs: natural,
});
export type Bundle = z.infer<typeof Bundle>;

export const BundleCreate = z.strictObject({ name: bundleName, bytes: size, unpacked_bytes: size, files: natural, chunks: positive.max(4000) });
export type BundleCreate = z.infer<typeof BundleCreate>;

export const BundleChunk = z.strictObject({ data: z.string().min(1).max(CHUNK_TEXT) });
export type BundleChunk = z.infer<typeof BundleChunk>;

/** What was removed: names and bytes. */
export const BundlesPruned = z.object({ names: z.array(z.string()), bytes: z.int() });
