import type { RouteInput } from '@sluice/core/api/routes';
import type { GlobalLimit } from '../../api/limits.ts';
import { type Act, act } from '../acts/act.ts';
import { sluice } from '../acts/call-text.ts';

const TAG = /^tag:/;
/** The tag of a tag's limit. */
export const tagOf = ({ name }: { readonly name: string }): string | undefined => (TAG.test(name) ? name.replace(TAG, '') : undefined);
const titleOf = (name: string) => (TAG.test(name) ? `the limit of tag ${name.replace(TAG, '')}` : `limit ${name}`);

type Creation = RouteInput<'POST /v2/concurrency_limits/'>['body'];
type Changes = RouteInput<'PATCH /v2/concurrency_limits/{id_or_name}'>['body'];

export function createAct(body: Creation): Act {
  const tag = tagOf(body);
  return act(
    'POST /v2/concurrency_limits/',
    { body },
    {
      title: 'Create a limit',
      about: 'Of tasks with a tag no more than this run at once; a named limit is one that flows ask for by its name.',
      confirm: 'Create',
      done: `The limit ${body.name} is made.`,
      command: body.name.startsWith('tag:')
        ? sluice('concurrency-limit', 'create', tag || 'TAG', body.limit)
        : sluice('global-concurrency-limit', 'create', body.name || 'NAME', '--limit', body.limit),
    },
  );
}

export function changeAct(limit: GlobalLimit, body: Changes, asSeen: GlobalLimit): Act {
  const flags = [
    ...(body.limit === undefined ? [] : ['--limit', body.limit]),
    ...(body.slot_decay_per_second === undefined ? [] : ['--slot-decay-per-second', body.slot_decay_per_second]),
    ...(body.active === undefined ? [] : [body.active ? '--enable' : '--disable']),
  ];
  return act(
    'PATCH /v2/concurrency_limits/{id_or_name}',
    { params: { id_or_name: limit.id }, body },
    {
      title: `Change ${titleOf(limit.name)}`,
      about: 'A lower limit takes no slot from anybody who holds one.',
      confirm: 'Save',
      done: `The ${titleOf(limit.name).replace(/^the /, '')} is changed.`,
      command: sluice('global-concurrency-limit', 'update', limit.name, ...flags),
      asSeen,
    },
  );
}

/** Frees all slots, for when holders are gone and nobody has said so. */
export function resetAct(limit: GlobalLimit): Act {
  const tag = tagOf(limit);
  const words = {
    title: `Free all slots of ${titleOf(limit.name)}`,
    about: 'Who holds one goes on without it, so that for a while more may run than the limit says. Leases of those that are gone end by themselves.',
    confirm: 'Free all slots',
    kind: 'danger' as const,
    done: `All slots of ${titleOf(limit.name)} are free.`,
  };
  if (tag)
    return act('POST /concurrency_limits/tag/{tag}/reset', { params: { tag } }, { ...words, command: sluice('concurrency-limit', 'reset', tag) });
  return act(
    'PATCH /v2/concurrency_limits/{id_or_name}',
    { params: { id_or_name: limit.id }, body: { active_slots: 0 } },
    { ...words, command: sluice('global-concurrency-limit', 'update', limit.name, '--active-slots', 0) },
  );
}

export function deleteAct(limit: GlobalLimit): Act {
  const tag = tagOf(limit);
  return act(
    'DELETE /v2/concurrency_limits/{id_or_name}',
    { params: { id_or_name: limit.id } },
    {
      title: `Delete ${titleOf(limit.name)}`,
      about: 'Who waits for it goes on.',
      confirm: 'Delete',
      kind: 'danger',
      done: `The ${titleOf(limit.name).replace(/^the /, '')} is deleted.`,
      command: tag ? sluice('concurrency-limit', 'delete', tag, '--yes') : sluice('global-concurrency-limit', 'delete', limit.name, '--yes'),
    },
  );
}
