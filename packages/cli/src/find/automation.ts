import { type Client, pageAll } from '@sluice/client';
import type { RouteOutput } from '@sluice/core/api/routes';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { called } from '../program/called.ts';
import { argument } from '../program/define-command.ts';
import { text } from '../program/options.ts';
import { notFound } from './or-nearest.ts';

export type Automation = RouteOutput<'GET /automations/{id}'>;

/** How an automation is named: names need not be unique, ids are. */
export const automationName = argument('[name]', 'The name of the automation');
export const automationId = text('--id <id>', 'Its id instead');

export const listAutomations = (client: Client) => pageAll((page) => client.request('POST /automations/filter', { body: page }));

/** All automations of a name, or that of an id, or an error that gives the nearest names. */
export async function findAutomations(client: Client, { name, id }: { name: string | undefined; id: string | undefined }): Promise<Automation[]> {
  if ((name === undefined) === (id === undefined)) {
    throw new SluiceError('USAGE', 'Give either the name or the id of an automation.', { hint: `${called('automation ls')} lists them.` });
  }
  if (id !== undefined) return [await client.request('GET /automations/{id}', { params: { id } })];
  const all = await listAutomations(client);
  const found = all.filter((each) => each.name === name);
  if (found.length > 0) return found;
  throw notFound(
    { noun: 'automation', name: name ?? '', listed: called('automation ls') },
    all.map((each) => each.name),
  );
}

/** The only one of a name. */
export async function findAutomation(client: Client, wanted: { name: string | undefined; id: string | undefined }): Promise<Automation> {
  const [only, ...others] = await findAutomations(client, wanted);
  if (only && others.length === 0) return only;
  throw new SluiceError('CONFLICT', `${others.length + 1} automations are named "${wanted.name}".`, {
    hint: `Give the id of one: ${[only, ...others].map((each) => `--id ${each?.id}`).join(', ')}`,
  });
}
