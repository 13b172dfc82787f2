import { readFile } from 'node:fs/promises';
import type { registryRoutes } from '@sluice/core/api/registry-routes';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { jinjaFault } from '@sluice/core/text/jinja-fault';
import { clearResultStorage, readBlockCapabilities, readResultStorage, setResultStorage } from '../../store/result-storage.ts';
import { missing } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = keyof typeof registryRoutes;

/** Views that are kept as files: those of types of work pools. Flows and blocks of collections are told by their packages. */
const VIEWS: { readonly [view: string]: URL } = {
  'aggregate-worker-metadata': new URL('../../../registry/aggregate-worker-metadata.json', import.meta.url),
};

export const registryHandlers = ({ database: { sql }, settings }: Deps): Handlers<Keys> => {
  const storage = async () => ({ default_result_storage_block_id: await readResultStorage(sql) });

  return {
    'GET /collections/views/{view}': async ({ params: { view } }) => {
      const file = Object.hasOwn(VIEWS, view) ? VIEWS[view] : undefined;
      if (!file) throw missing(`View ${view}`, `Views are ${Object.keys(VIEWS).join(', ')}.`);
      return new Reply(await readFile(file, 'utf8'));
    },
    'POST /templates/validate': async ({ body: source }) => {
      const fault = jinjaFault(source);
      if (!fault) return undefined;
      const error = { ...fault, source };
      return new Reply(JSON.stringify({ error, code: 'INVALID_REQUEST', hint: `Line ${fault.line}: ${fault.message}` }), 422);
    },
    'GET /admin/settings': async () => Object.fromEntries(settings.map(({ name, value }) => [name, value])),
    'GET /admin/storage': storage,
    'PUT /admin/storage': async ({ body: { default_result_storage_block_id: id } }) => {
      const capabilities = await readBlockCapabilities(sql, id);
      if (!capabilities) throw missing(`Block document ${id}`);
      if (!capabilities.includes('write-path'))
        throw new SluiceError('INVALID_REQUEST', `Block document ${id} cannot be used for result storage.`, {
          hint: 'Name a block that writes files, such as a local file system.',
        });
      await setResultStorage(sql, id);
      return storage();
    },
    'DELETE /admin/storage': async () => {
      await clearResultStorage(sql);
      return undefined;
    },
  };
};
