import { SORTS } from '@sluice/core/api/filter-table';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { compileFilter } from '../../store/filters.ts';
import type { Key } from '../../store/key.ts';
import { countRecords, listRecords, readRecord } from '../../store/records.ts';
import { deleteVariable, insertVariable, updateVariable } from '../../store/variables.ts';
import { found, missing } from '../found.ts';
import type { Generation } from '../generation.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = Extract<keyof Handlers, `${string} /variables/${string}`>;

/** Values are texts for Prefect 2. */
const viewFor = (generation: Generation) => (generation === 2 ? 'variable_text_view' : 'variable_view');

export const variableHandlers = ({ database: { sql }, desk, newId }: Deps): Handlers<Keys> => {
  const read = async (generation: Generation, key: Key) => found('Variable', await readRecord(sql, viewFor(generation), key));
  const tell = (id: string | undefined) => {
    if (id === undefined) throw missing('Variable');
    desk.publish({ records: { variable: [id] } });
    return undefined;
  };
  const change = async (key: Key, body: Parameters<typeof updateVariable>[2]) => tell(await updateVariable(sql, key, body));
  const remove = async (key: Key) => tell(await deleteVariable(sql, key));

  return {
    'POST /variables/': async ({ body, generation }) => {
      const id = newId();
      if (await insertVariable(sql, id, body)) {
        tell(id);
        return read(generation, { id });
      }
      throw new SluiceError('CONFLICT', `A variable with the name '${body.name}' already exists.`, {
        hint: 'Change that one, or choose another name.',
      });
    },
    'GET /variables/{id}': async ({ params: { id }, generation }) => read(generation, { id }),
    'GET /variables/name/{name}': async ({ params: { name }, generation }) => read(generation, { name }),
    'PATCH /variables/{id}': async ({ params: { id }, body }) => change({ id }, body),
    'PATCH /variables/name/{name}': async ({ params: { name }, body }) => change({ name }, body),
    'DELETE /variables/{id}': async ({ params: { id } }) => remove({ id }),
    'DELETE /variables/name/{name}': async ({ params: { name } }) => remove({ name }),
    'POST /variables/filter': async ({ body, generation }) =>
      new Reply(
        await listRecords(sql, viewFor(generation), {
          ...body,
          where: compileFilter(sql, 'variable', body.variables),
          order: SORTS.variable[body.sort],
        }),
      ),
    'POST /variables/count': async ({ body }) => countRecords(sql, 'variable_view', compileFilter(sql, 'variable', body.variables)),
  };
};
