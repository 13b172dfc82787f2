import type { JsonObject } from '@sluice/core/lib/json';
import { uuidv7 } from 'uuidv7';
import { currentContext } from '../context.ts';
import { useClient } from '../settings/use-client.ts';

type Labels = Readonly<Record<string, string>>;

export interface EmittedEvent {
  /** What has happened, such as `shop.order.shipped`. */
  readonly event: string;
  /** What it is about: an id, or labels with `prefect.resource.id`. */
  readonly resource: string | Labels;
  /** What else has to do with it, each with `prefect.resource.role`. The current flow run and task run stand there by themselves. */
  readonly related?: readonly Labels[];
  readonly payload?: JsonObject;
  /** The event that it follows from. */
  readonly follows?: string;
  readonly occurred?: Date;
}

const asResource = (resource: string | Labels): Record<string, string> =>
  typeof resource === 'string' ? { 'prefect.resource.id': resource } : { ...resource };

function ofThisRun(): Record<string, string>[] {
  const run = currentContext()?.run;
  if (!run) return [];
  const role = (kind: string, id: string, name: string) => ({
    'prefect.resource.id': `prefect.${kind}.${id}`,
    'prefect.resource.role': kind,
    'prefect.resource.name': name,
  });
  return [
    role('flow-run', run.flow_run_id, run.flow_run_name),
    ...(run.task_run_id === null ? [] : [role('task-run', run.task_run_id, run.task_name ?? '')]),
  ];
}

/** Tells that something has happened, for people, and for automations that wait for it. Resolves with its id when it is stored. */
export async function emitEvent({ event, resource, related = [], payload = {}, follows, occurred = new Date() }: EmittedEvent): Promise<string> {
  const id = uuidv7();
  const told = {
    id,
    event,
    occurred: occurred.toISOString(),
    resource: asResource(resource),
    related: [...ofThisRun(), ...related.map((labels) => ({ ...labels }))],
    payload,
    ...(follows !== undefined && { follows }),
  };
  await useClient((client) => client.request('POST /events', { body: [told] }));
  return id;
}
