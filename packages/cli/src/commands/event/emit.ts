import { randomUUID } from 'node:crypto';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject, type JsonObject } from '@sluice/core/lib/json';
import { argument, defineCommand } from '../../program/define-command.ts';
import { list, output, text } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { say } from '../../render/message.ts';
import { isJson, printRecord } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { event: argument('<event>', 'What has happened, such as shop.order.shipped') },
  options: {
    resource: list('-r, --resource <labels>', 'What it is about: key=value, more than once, or JSON'),
    resourceId: text('--resource-id <id>', 'The same as --resource prefect.resource.id=<id>'),
    related: text('--related <json>', 'What else has to do with it: one resource or a list, each with its role'),
    payload: text('-p, --payload <json>', 'More of it'),
    output,
  },
  examples: [
    'sluice event emit user.logged_in --resource-id user-123',
    `sluice event emit order.shipped --resource-id order-456 --payload '{"tracking": "ABC123"}'`,
  ],
  run: ({ args, options, globals }) => {
    const resource = { ...labelsOf(options.resource), ...(options.resourceId !== undefined && { 'prefect.resource.id': options.resourceId }) };
    if (!resource['prefect.resource.id']) throw usage('What the event is about was not given.', 'Give --resource-id ID.');
    const event = {
      id: randomUUID(),
      occurred: new Date().toISOString(),
      event: args.event,
      resource,
      related: relatedOf(options.related),
      payload: options.payload === undefined ? {} : objectOf('--payload', options.payload),
    };
    return withClient(globals, async (client) => {
      await client.request('POST /events', { body: [event] });
      if (isJson(options.output)) await printRecord(event, [], options.output);
      else say(`Emitted event "${event.event}" (${event.id}).`);
    });
  },
});

function labelsOf(typed: readonly string[]): Record<string, string> {
  const parts = typed.map((text) => {
    if (text.trimStart().startsWith('{')) return objectOf('--resource', text) as Record<string, string>;
    const [key = '', ...value] = text.split('=');
    if (value.length === 0) throw usage(`"${text}" is not a label.`, 'Write --resource key=value.');
    return { [key]: value.join('=') };
  });
  return Object.assign({}, ...parts);
}

function relatedOf(typed: string | undefined): Record<string, string>[] {
  if (typed === undefined) return [];
  const value = parse('--related', typed);
  const all: unknown[] = Array.isArray(value) ? value : [value];
  if (all.every(isObject)) return all as Record<string, string>[];
  throw usage('--related holds no resource.', 'Write {"prefect.resource.id": …, "prefect.resource.role": …}, or a list.');
}

function objectOf(option: string, typed: string): JsonObject {
  const value = parse(option, typed);
  if (isObject(value)) return value as JsonObject;
  throw usage(`${option} is not a JSON object.`, `For example: ${option} '{"key": "value"}'`);
}

function parse(option: string, typed: string): unknown {
  try {
    return JSON.parse(typed);
  } catch (cause) {
    throw usage(`${option} is not JSON: ${messageOf(cause)}`, `For example: ${option} '{"key": "value"}'`);
  }
}

const usage = (what: string, hint: string) => new SluiceError('USAGE', what, { hint });
