import { mkdirSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { HOME_FOLDER, writeWholeSync } from '@sluice/home/files';
import { configFileOf, readConfigText } from '@sluice/sdk/settings';

/** Changes settings in the home's `config.env`; undefined removes one. Other lines, comments among them, stay. Only its owner can read it. */
export function writeConfigFile(home: string, changes: ReadonlyMap<string, string | undefined>): void {
  const text = readConfigText(home).trimEnd();
  const isChanged = (line: string) => [...changes.keys()].some((name) => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(line));
  const kept = text === '' ? [] : text.split(/\r?\n/).filter((line) => !isChanged(line));
  const written = [...changes].flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quote(name, value)}`]));
  mkdirSync(home, { recursive: true, mode: HOME_FOLDER });
  writeWholeSync(configFileOf(home), [...kept, ...written, ''].join('\n'));
}

/** A form of the value that reads back as itself. */
function quote(name: string, value: string): string {
  const forms = [value, `"${value}"`, `'${value}'`, `\`${value}\``];
  const fitting = forms.find((form) => !form.includes('\n') && parseEnv(`A=${form}\nB=1\n`)['A'] === value);
  if (fitting === undefined)
    throw new SluiceError('USAGE', `The value of ${name} cannot be written into config.env.`, { hint: 'Set it in the environment.' });
  return fitting;
}
