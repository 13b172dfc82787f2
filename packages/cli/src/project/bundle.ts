import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix, relative, sep } from 'node:path';
import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { type Bundle, CHUNK_BYTES } from '@sluice/core/model/bundle';
import type { PlannedDeployment } from '@sluice/sdk';
import { type Packed, packProject, projectRoot, writeBundle } from '@sluice/worker/bundles';
import { bytes } from '../render/bytes.ts';
import { counted } from '../render/counted.ts';

/** A project's files, and where in it the configuration stands. */
export interface PackedAround extends Packed {
  readonly folder: string | null;
}

export interface PackOptions {
  /** The most that its files may hold, in MB. */
  readonly mostMb: number;
  readonly home: string;
}

/** Packs the project around a configuration in this folder. */
export async function packAround(folder: string, { mostMb, home }: PackOptions): Promise<PackedAround> {
  const root = projectRoot(folder);
  const inner = relative(root, folder).split(sep).join('/');
  return { ...(await packProject({ root, mostMb, home })), folder: inner === '' ? null : inner };
}

export const packedText = ({ files, bytes: size, name }: Packed): string =>
  `Packed ${counted(files.length, 'file', 'files')}, ${bytes(size)}: bundle ${name.slice(0, 12)}`;

/** A flow whose file is left out could run here alone. */
export function expectPacked({ files, folder, root }: PackedAround, planned: readonly PlannedDeployment[]): void {
  const paths = new Set(files.map(({ path }) => path));
  for (const { name, deployment } of planned) {
    if (!deployment.bundle) continue;
    const file = posix.join(folder ?? '.', deployment.entrypoint?.split(/:(?=[^:]*$)/)[0] ?? '');
    if (paths.has(file)) continue;
    throw new SluiceError('ENTRYPOINT_INVALID', `The file of the deployment "${name}", ${file}, is not among those that are packed of ${root}.`, {
      hint: 'Nothing was deployed. .gitignore, or "files" in package.json, leaves it out: see sluice deploy --dry-run.',
    });
  }
}

/** Stores a bundle with the server, unless it is there. */
export async function storeBundle(client: Client, packed: Packed): Promise<Bundle> {
  const there = await client.request('POST /bundles/filter', { body: { name_like: packed.name, limit: 1 } });
  // To begin again touches it: it is not removed before the deployments name it.
  const draft = await mkdtemp(join(tmpdir(), 'sluice-bundle-'));
  try {
    const file = join(draft, 'bundle.tar.gz');
    if (!there[0]) await writeBundle(packed, file);
    const size = there[0]?.bytes ?? (await stat(file)).size;
    const chunks = Math.max(1, Math.ceil(size / CHUNK_BYTES));
    const { name, files, bytes: unpacked_bytes } = packed;
    const bundle = await client.request('POST /bundles/', { body: { name, files: files.length, unpacked_bytes, bytes: size, chunks } });
    return bundle.checked === null ? await send(client, bundle, file) : bundle;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function send(client: Client, { id, chunks }: Bundle, file: string): Promise<Bundle> {
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    for (let index = 0; index < chunks; index++) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, index * CHUNK_BYTES);
      const data = buffer.toString('base64', 0, bytesRead);
      await client.request('PUT /bundles/{id}/chunks/{index}', { params: { id, index: String(index) }, body: { data } });
    }
  } finally {
    await handle.close();
  }
  return client.request('POST /bundles/{id}/check', { params: { id } });
}
