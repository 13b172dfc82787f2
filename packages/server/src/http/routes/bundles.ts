import { SluiceError } from '@sluice/core/errors/sluice-error';
import { checkBundle } from '../../bundles/check-bundle.ts';
import {
  beginBundle,
  finishBundle,
  listBundles,
  missingChunks,
  pruneBundles,
  readBundle,
  readBundleById,
  readChunkOf,
  readUpload,
  type Upload,
  writeChunk,
} from '../../store/bundles.ts';
import { found, missing } from '../found.ts';
import { createdReply, type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = Extract<keyof Handlers, `${string} /bundles/${string}`>;

const MOST = 1000;

export const bundleHandlers = ({ database, database: { sql }, newId, bundleMb }: Deps): Handlers<Keys> => {
  const readBegun = async (id: string): Promise<Upload> => {
    const upload = await readUpload(sql, id);
    if (!upload) throw missing(`Upload ${id} of a bundle`, 'Deploy again: it was given up.');
    return upload;
  };
  return {
    'POST /bundles/': async ({ body }) => {
      if (Math.max(body.bytes, body.unpacked_bytes) > bundleMb * 1e6) throw tooLarge(bundleMb);
      const { id, created } = await beginBundle(sql, newId(), body);
      return createdReply((await readBundleById(sql, id)) as string, created);
    },
    'PUT /bundles/{id}/chunks/{index}': async ({ params, body }) => {
      const { chunks } = await readBegun(params.id);
      const index = indexOf(params.index);
      if (index === undefined || index >= chunks) throw missing(`Chunk ${params.index} of a bundle with ${chunks}`);
      await writeChunk(sql, params.id, index, body.data);
      return undefined;
    },
    'POST /bundles/{id}/check': async ({ params, signal }) => {
      const upload = await readBegun(params.id);
      if (!upload.is_checked) {
        const lacks = await missingChunks(sql, upload.id);
        if (lacks.length > 0) {
          throw new SluiceError('CONFLICT', `Not all of bundle ${upload.name.slice(0, 12)} has come: it lacks chunk ${lacks.join(', ')}.`, {
            hint: 'Send what is missing, then ask again.',
          });
        }
        await checkBundle(sql, upload, { most: bundleMb * 1e6, signal });
        await database.transaction((tx) => finishBundle(tx, upload));
      }
      return found(`Bundle ${upload.name}`, await readBundle(sql, upload.name));
    },
    'POST /bundles/filter': async ({ body }) => new Reply(await listBundles(sql, body)),
    'POST /bundles/prune': async ({ body }) => database.transaction((tx) => pruneBundles(tx, body.days, MOST)),
    'GET /bundles/{name}': async ({ params }) => found(`Bundle ${params.name}`, await readBundle(sql, params.name)),
    'GET /bundles/{name}/chunks/{index}': async ({ params: { name, index } }) => {
      const number = indexOf(index);
      const data = number === undefined ? undefined : await readChunkOf(sql, name, number);
      if (data === undefined) throw missing(`Chunk ${index} of bundle ${name}`);
      return { data };
    },
  };
};

const indexOf = (text: string): number | undefined => (/^\d{1,4}$/.test(text) ? Number(text) : undefined);

const tooLarge = (mb: number) =>
  new SluiceError('BUNDLE_TOO_LARGE', `The bundle is larger than ${mb} MB, the most that this server takes.`, {
    hint: 'Leave files out by .gitignore or by "files" in package.json, or set SLUICE_BUNDLE_MB where the server is started.',
  });
