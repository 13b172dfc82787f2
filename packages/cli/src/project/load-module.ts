import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';

/** What a file of the user's project exports. `hint`: how to name another one. */
export async function loadModule(file: string, hint: string): Promise<Record<string, unknown>> {
  if (!existsSync(file)) throw new SluiceError('NOT_FOUND', `There is no file ${file}.`, { hint });
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SluiceError('ENTRYPOINT_INVALID', `${file} cannot be loaded: ${messageOf(cause)}${placeOf(cause)}`, { hint: HINTS[code ?? ''], cause });
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX:
    'Node only strips types, so enum, namespace and parameter properties do not work. A const object can take the place of an enum.',
  ERR_MODULE_NOT_FOUND: 'Relative imports name the file with its ending, such as ./my-flow.ts; packages must be installed in the project.',
};

/** The place in a file that the error's stack names: before the message for a wrong syntax, else in its first line in a file. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const place = /^(?:file:\/\/)?(\S+:\d+)\n/.exec(stack) ?? /file:\/\/(\S+:\d+):\d+\)?$/m.exec(stack);
  return place ? ` (${place[1]})` : '';
}
