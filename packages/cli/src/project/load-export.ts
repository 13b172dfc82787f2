import { resolve } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { nearest } from '@sluice/core/lib/nearest';
import { loadModule } from './load-module.ts';

interface Wanted<T> {
  /** `flow`. */
  readonly noun: string;
  is(value: unknown): value is T;
}

export interface Exported<T> {
  readonly file: string;
  readonly name: string;
  readonly value: T;
}

/** What `file.ts:name` names; the name may be left out where the file exports one such thing alone. */
export async function loadExport<T>(entrypoint: string, { noun, is }: Wanted<T>): Promise<Exported<T>> {
  const [, typed = entrypoint, name] = /^(.+):([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u.exec(entrypoint) ?? [];
  const file = resolve(typed);
  const exported = await loadModule(file, `Name it as file.ts:${noun}.`);
  const names = Object.keys(exported).filter((each) => is(exported[each]));
  const [only = ''] = names;
  const meant = name ?? (names.length === 1 ? only : '');
  const value = exported[meant];
  if (is(value)) return { file, name: meant, value };
  const [near] = name === undefined ? [] : nearest(name, names);
  const hint = near ? `Did you mean ${typed}:${near}?` : `It exports ${names.length === 0 ? 'none' : `these: ${names.join(', ')}`}.`;
  throw new SluiceError(
    'ENTRYPOINT_INVALID',
    name === undefined ? `${typed} does not export one ${noun}.` : `${typed} exports no ${noun} "${name}".`,
    {
      hint,
    },
  );
}
