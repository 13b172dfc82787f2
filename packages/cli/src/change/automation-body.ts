import { readFileSync } from 'node:fs';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject, type JsonObject } from '@sluice/core/lib/json';
import { file, text } from '../program/options.ts';

/** Where the commands that write automations take them from. */
export const automationSource = {
  fromFile: file('-f, --from-file <file>', 'A YAML or JSON file with an automation, a list of them, or automations: with a list'),
  fromJson: text('-j, --from-json <json>', 'The same as a JSON text'),
};

interface Source {
  readonly fromFile: string | undefined;
  readonly fromJson: string | undefined;
}

/** The automations that a file or a text holds, also one as `automation inspect` prints it: one, a list, or `automations` with a list, as Prefect's command reads them. */
export async function readAutomations({ fromFile, fromJson }: Source): Promise<JsonObject[]> {
  if ((fromFile === undefined) === (fromJson === undefined)) {
    throw new SluiceError('USAGE', 'Give either --from-file or --from-json.', {
      hint: 'sluice automation inspect NAME -o json shows what one looks like.',
    });
  }
  const what = fromFile === undefined ? 'The text of --from-json' : `The file ${fromFile}`;
  const isJson = fromFile === undefined || /\.json$/i.test(fromFile);
  const text = fromFile === undefined ? (fromJson ?? '') : readFileSync(fromFile, 'utf8');
  const value = isJson ? parseJson(text, what) : await parseYaml(text, what);
  const listed = isObject(value) && Array.isArray(value['automations']) ? value['automations'] : value;
  const all: unknown[] = Array.isArray(listed) ? listed : [listed];
  if (all.length > 0 && all.every(isObject))
    return (all as JsonObject[]).map(({ id: _id, created: _created, updated: _updated, ...automation }) => automation);
  throw new SluiceError('USAGE', `${what} holds no automation.`, { hint: 'Write {"name": …, "trigger": {…}, "actions": […]}.' });
}

function parseJson(json: string, what: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new SluiceError('USAGE', `${what} is not JSON: ${messageOf(cause)}`, { hint: 'YAML is read from a file that is called .yaml.', cause });
  }
}

async function parseYaml(yaml: string, what: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(yaml);
  } catch (cause) {
    throw new SluiceError('USAGE', `${what} is not YAML: ${messageOf(cause)}`, { hint: 'Its message says where.', cause });
  }
}
