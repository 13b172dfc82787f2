import { SORTS } from '@sluice/core/api/filter-table';
import { templateFault } from '@sluice/core/automation/template';
import { eventTriggers, withIds } from '@sluice/core/automation/triggers';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { AutomationChange } from '@sluice/core/model/automation';
import type { EventCreate } from '@sluice/core/model/event';
import { EVERYTHING } from '../../events/news.ts';
import {
  type AutomationRow,
  deleteAutomation,
  deleteOwnedAutomations,
  insertAutomation,
  readRelatedAutomations,
  updateAutomation,
} from '../../store/automations.ts';
import { compileFilter } from '../../store/filters.ts';
import { countRecords, listRecords, readRecord } from '../../store/records.ts';
import { expectFound, found } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';
import { ifUnchanged } from '../if-unchanged.ts';

type Keys = Extract<keyof Handlers, `${string} /automations/${string}`>;

const TEMPLATES = ['payload', 'subject', 'body'] as const;
const KINDS = [
  ['deployment_id', 'deployment'],
  ['work_pool_id', 'work-pool'],
  ['work_queue_id', 'work-queue'],
  ['automation_id', 'automation'],
] as const;

/** `path`: where it stands in the body, in the words of the faults that a schema finds. */
function expectTemplate(template: string, path: readonly (string | number)[] = []): undefined {
  const msg = templateFault(template);
  if (msg === undefined) return undefined;
  const details = [{ loc: ['body', ...path], msg, type: 'value_error' }];
  throw new SluiceError('INVALID_REQUEST', msg, { hint: 'Write for example {{ event.resource.name }}.', ...(path.length > 0 && { details }) });
}

const LISTS = ['actions', 'actions_on_trigger', 'actions_on_resolve'] as const;

/** What a request says as a row, with ids of its own for the triggers, and the resources that it names. */
function toRow(body: AutomationChange, newId: () => string): AutomationRow {
  const actions = LISTS.flatMap((list) => body[list].map((action, index) => ({ action, path: [list, index] })));
  for (const { action, path } of actions) {
    for (const name of TEMPLATES) if (typeof action[name] === 'string') expectTemplate(action[name] as string, [...path, name]);
  }
  const named = actions.flatMap(({ action }) =>
    KINDS.flatMap(([field, kind]) => (action[field] ? [`prefect.${kind}.${String(action[field])}`] : [])),
  );
  const watched = eventTriggers(body.trigger).flatMap(({ trigger }) =>
    [trigger.match, trigger.match_related].flat().flatMap((asked) => [asked['prefect.resource.id'] ?? []].flat()),
  );
  return {
    ...body,
    trigger: withIds(body.trigger, newId),
    related_resources: [...new Set([...named, ...watched.filter((id) => !id.includes('*'))])],
  };
}

export const automationHandlers = ({ database, database: { sql }, desk, intake, newId }: Deps): Handlers<Keys> => {
  /** Prefect tells of it as an event; readers of our stream are told that it is another one. */
  const tell = async (id: string, what: 'created' | 'updated' | 'deleted', name = '') => {
    desk.publish({ records: { automation: [id] } });
    const event: EventCreate = {
      id: newId(),
      occurred: new Date().toISOString(),
      event: `prefect.automation.${what}`,
      resource: { 'prefect.resource.id': `prefect.automation.${id}`, 'prefect.resource.name': name },
      related: [],
      payload: {},
    };
    await intake.add([event]);
  };
  const nameOf = async (id: string) => (JSON.parse((await readRecord(sql, 'automation_view', { id })) ?? '{}') as { name?: string }).name;
  return {
    'POST /automations/': async ({ body: { owner_resource, ...body } }) => {
      const id = newId();
      await insertAutomation(sql, id, { ...toRow(body, newId), owner_resource: owner_resource ?? null });
      await tell(id, 'created', body.name);
      return found('Automation', await readRecord(sql, 'automation_view', { id }));
    },
    'GET /automations/{id}': async ({ params: { id } }) => found('Automation', await readRecord(sql, 'automation_view', { id })),
    'PUT /automations/{id}': async (request) => {
      const {
        params: { id },
        body,
      } = request;
      const row = toRow(body, newId);
      const edited = { table: 'automation', key: { id }, what: `Automation "${body.name}"` } as const;
      expectFound('Automation', await ifUnchanged(database, request, edited, (tx) => updateAutomation(tx, id, row)));
      await tell(id, 'updated', body.name);
    },
    'PATCH /automations/{id}': async ({ params: { id }, body: { enabled } }) => {
      expectFound('Automation', await updateAutomation(sql, id, { enabled }));
      await tell(id, 'updated', await nameOf(id));
    },
    'DELETE /automations/{id}': async ({ params: { id } }) => {
      const name = await nameOf(id);
      expectFound('Automation', await deleteAutomation(sql, id));
      await tell(id, 'deleted', name);
    },
    'POST /automations/filter': async ({ body }) =>
      new Reply(
        await listRecords(sql, 'automation_view', {
          ...body,
          where: compileFilter(sql, 'automation', body.automations),
          order: SORTS.automation[body.sort],
        }),
      ),
    'POST /automations/count': async ({ body }) => countRecords(sql, 'automation_view', compileFilter(sql, 'automation', body.automations)),
    'GET /automations/related-to/{resource_id}': async ({ params }) => new Reply(await readRelatedAutomations(sql, params.resource_id)),
    'DELETE /automations/owned-by/{resource_id}': async ({ params }) => {
      if ((await deleteOwnedAutomations(sql, params.resource_id)) > 0) desk.publish({ records: { automation: [EVERYTHING] } });
      return null;
    },
    'POST /automations/templates/validate': async ({ body }) => expectTemplate(body),
  };
};
