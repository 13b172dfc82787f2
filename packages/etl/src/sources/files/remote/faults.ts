import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { textOf } from './list-objects.ts';
import type { Place } from './place.ts';

type Showing = Pick<Place, 'show' | 'refused'>;

/** Statuses that another try may not give. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What an answer means that is not the file. An object store says in a word why. */
export async function statusFault(response: Response, { show, refused }: Showing, path: string): Promise<SluiceError> {
  const word = textOf(await beginningOf(response), 'Code');
  const answers = `its server answers ${response.status}${word && ` (${word})`}`;
  const shown = show(path);
  const { status } = response;
  if (PASSING.has(status)) {
    return new SluiceError('SOURCE_UNREACHABLE', `${shown} cannot be read now: ${answers}.`, { hint: 'It is tried again; look at that server.' });
  }
  if (status === 404 || status === 410) {
    // A listing asks for no file: there is no such bucket.
    return new SluiceError(path === '' ? 'SOURCE_UNREACHABLE' : 'TABLE_UNREADABLE', `There is no ${shown}: ${answers}.`, {
      hint: 'Look at how its path is written, capital letters too.',
      lasting: true,
    });
  }
  const isRefused = status === 401 || status === 403;
  return new SluiceError(
    path === '' ? 'SOURCE_UNREACHABLE' : 'TABLE_UNREADABLE',
    `${shown} ${isRefused ? 'may not' : 'cannot'} be read: ${answers}.`,
    {
      hint: isRefused ? refused : 'Look at the path, and at that server.',
      lasting: true,
    },
  );
}

const MOST_BYTES = 16 << 10;

async function beginningOf({ body }: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > MOST_BYTES) break;
  }
  return text;
}

/** A redirect that is not followed. */
export const refusal = ({ show, refused }: Showing, path: string, reason: string): SluiceError =>
  new SluiceError(path === '' ? 'SOURCE_UNREACHABLE' : 'TABLE_UNREADABLE', `${show(path)} is not read: ${reason.replace(/\.$/, '')}.`, {
    hint: reason.includes('region') ? refused : 'Name the source by the URL at which its files are.',
    lasting: true,
  });

/** What the network says, which may be otherwise at the next try. Its errors tell hosts and ports, and no URL. */
export function passing(error: unknown, shown: string, isStalled: boolean): SluiceError {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return new SluiceError(
    'SOURCE_UNREACHABLE',
    `${shown} cannot be read: ${isStalled ? 'nothing more comes' : messageOf(cause).replace(/\.$/, '')}.`,
    {
      hint: 'Check that its server runs, and that this machine reaches it. What is there already is not lost: run the load again.',
      cause: error,
    },
  );
}
