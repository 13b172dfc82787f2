import type { flowRunInputRoutes } from '@sluice/core/api/flow-run-input-routes';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isForeignKeyError, isUniqueError } from '../../db/failure.ts';
import { deleteInput, insertInputs, listInputs, readInput } from '../../store/flow-run-inputs.ts';
import { expectFound, found, missing } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = keyof typeof flowRunInputRoutes;

export const flowRunInputHandlers = ({ database: { sql }, newId }: Deps): Handlers<Keys> => ({
  'POST /flow_runs/{id}/input': async ({ params, body: { key, value, sender = null } }) => {
    try {
      await insertInputs(sql, [{ id: newId(), flow_run_id: params.id, key, value, sender }]);
    } catch (error) {
      if (isForeignKeyError(error)) throw missing(`Flow run ${params.id}`);
      if (!isUniqueError(error)) throw error;
      throw new SluiceError('CONFLICT', 'A flow run input with this key already exists.', {
        cause: error,
        hint: 'Use another key, or delete that one.',
      });
    }
    return null;
  },
  'POST /flow_runs/{id}/input/filter': async ({ params, body }) => new Reply(await listInputs(sql, params.id, body)),
  'GET /flow_runs/{id}/input/{key}': async ({ params }) => found('Flow run input', await readInput(sql, params.id, params.key)),
  'DELETE /flow_runs/{id}/input/{key}': async ({ params }) => expectFound('Flow run input', await deleteInput(sql, params.id, params.key)),
});
