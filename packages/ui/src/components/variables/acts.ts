import type { RouteInput } from '@sluice/core/api/routes';
import type { Json } from '@sluice/core/lib/json';
import type { Variable } from '../../api/variables.ts';
import { type Act, act } from '../acts/act.ts';
import { sluice } from '../acts/call-text.ts';
import { isJsonText } from './value-text.ts';

type Creation = RouteInput<'POST /variables/'>['body'];
type Changes = RouteInput<'PATCH /variables/{id}'>['body'];

/** The command takes what is JSON as that, and the rest as text. */
const wordOf = (value: Json): string => (typeof value === 'string' && !isJsonText(value) ? value : JSON.stringify(value));
const tagFlags = (tags: readonly string[] | null | undefined) => (tags ?? []).flatMap((tag) => ['--tag', tag]);

export const createAct = (body: Creation): Act =>
  act(
    'POST /variables/',
    { body },
    {
      title: 'Create a variable',
      about: 'Flows read it by its name, while they run.',
      confirm: 'Create',
      done: `The variable ${body.name} is made.`,
      command: sluice('variable', 'set', body.name || 'NAME', wordOf(body.value), ...tagFlags(body.tags)),
    },
  );

export function changeAct({ id, name, value }: Variable, body: Changes): Act {
  const takesCommand = body.name === undefined;
  return act(
    'PATCH /variables/{id}',
    { params: { id }, body },
    {
      title: `Change variable ${name}`,
      about: 'Flows that read it from now on get the new value.',
      confirm: 'Save',
      done: `The variable ${body.name ?? name} is changed.`,
      command: takesCommand ? sluice('variable', 'set', name, wordOf(body.value ?? value), '--overwrite', ...tagFlags(body.tags)) : undefined,
    },
  );
}

export const deleteAct = ({ id, name }: Variable): Act =>
  act(
    'DELETE /variables/{id}',
    { params: { id } },
    {
      title: `Delete variable ${name}`,
      about: 'Flows that ask for it find none from now on.',
      confirm: 'Delete',
      kind: 'danger',
      done: `The variable ${name} is deleted.`,
      command: sluice('variable', 'unset', name, '--yes'),
    },
  );
