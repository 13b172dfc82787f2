import { shownSettings } from '@sluice/core/settings/shown-settings';
import { homeServerUrl, readConfigFile, readSettings } from '@sluice/sdk/settings';
import { unknownSettings } from '../../home/unknown-settings.ts';
import { defineCommand } from '../../program/define-command.ts';
import { flag, output } from '../../program/options.ts';
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
  options: {
    hideDefaults: flag('--hide-defaults', 'Only what is set somewhere'),
    showDefaults: flag('--show-defaults', 'Every setting, as without it'),
    output,
  },
  examples: ['sluice config view', 'sluice config view --hide-defaults'],
  run: async ({ options, globals }) => {
    const { problems, ...resolved } = readSettings({ api_url: globals.apiUrl });
    const { values, sources } = resolved;
    const running = sources.api_url.source === 'default' ? homeServerUrl(values.home) : undefined;
    const rows = shownSettings(resolved).map(({ key, name, value, source, found_as, doc }): Shown => {
      if (key === 'api_url' && running) return { name, value: running, source: 'the server of this home', doc };
      const isOther = (source === 'environment' || source === 'config.env') && found_as !== name;
      return { name, value, source: isOther ? `${source} (${found_as})` : source, doc };
    });
    const shown = options.hideDefaults && !options.showDefaults ? rows.filter(({ source }) => source !== 'default') : rows;
    await printList(shown, COLUMNS, options.output);
    const unknown = unknownSettings([...Object.keys(process.env), ...Object.keys(readConfigFile(values.home))]);
    for (const sentence of [...problems, ...unknown]) tell(sentence);
  },
});
