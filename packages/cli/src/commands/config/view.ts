import { SETTINGS, type SettingName } from '@sluice/core/settings/settings';
import { homeServerUrl, readConfigFile, readSettings } from '@sluice/sdk/settings';
import { unknownSettings } from '../../home/unknown-settings.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { column, painted } from '../../render/column.ts';
import { tell } from '../../render/message.ts';
import { printList } from '../../render/print.ts';

interface Shown {
  readonly name: string;
  readonly value: string | null;
  readonly source: string;
  readonly doc: string;
}

const COLUMNS = [
  column<Shown>('Setting', ({ name }) => name),
  column<Shown>('Value', ({ value }) => value),
  painted<Shown>(
    'From',
    ({ source }) => source,
    ({ source }) => (source === 'default' ? 'dim' : 'reset'),
  ),
  column<Shown>('What it is', ({ doc }) => doc),
];

export const command = defineCommand({
  options: { output },
  examples: ['sluice config view', 'sluice config view -o json'],
  run: async ({ options, globals }) => {
    const { values, sources, problems } = readSettings({ api_url: globals.apiUrl });
    const running = sources.api_url.source === 'default' ? homeServerUrl(values.home) : undefined;
    const rows = (Object.keys(SETTINGS) as SettingName[]).map((key): Shown => {
      const { names, doc } = SETTINGS[key];
      const { source, name } = sources[key];
      if (key === 'api_url' && running) return { name: names[0], value: running, source: 'the server of this home', doc };
      const from = source === 'environment' || source === 'config.env' ? `${source}${name === names[0] ? '' : ` (${name})`}` : source;
      return { name: names[0], value: mask(key, values[key]), source: from, doc };
    });
    await printList(rows, COLUMNS, options.output);
    const unknown = unknownSettings([...Object.keys(process.env), ...Object.keys(readConfigFile(values.home))]);
    for (const sentence of [...problems, ...unknown]) tell(sentence);
  },
});

/** Of a secret it shows that it is there, of a database its address; never the secret itself. */
function mask(key: SettingName, value: unknown): string | null {
  if (value === undefined) return null;
  if (!('secret' in SETTINGS[key])) return String(value);
  const text = String(value);
  if (key !== 'database_url' || !URL.canParse(text)) return '********';
  const url = new URL(text);
  return `${url.protocol}//${url.username ? `${url.username}:********@` : ''}${url.host}${url.pathname}`;
}
