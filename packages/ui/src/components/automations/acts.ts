import type { RouteInput } from '@sluice/core/api/routes';
import type { Automation } from '../../api/automations.ts';
import { type Act, act } from '../acts/act.ts';
import { sluice } from '../acts/call-text.ts';
import type { Body } from './bodies.ts';

type Creation = RouteInput<'POST /automations/'>['body'];

export const createAct = (body: Creation, onDone: (id: string) => void): Act =>
  act(
    'POST /automations/',
    { body },
    {
      title: 'Create an automation',
      about: 'When what its trigger names happens, the server does its actions.',
      confirm: 'Create',
      done: ({ name }) => `The automation ${name} is made.`,
      command: sluice('automation', 'create', '--from-json', JSON.stringify(body)),
      onDone: ({ id }) => onDone(id),
    },
  );

/** Replaces what it waits for and does, unless somebody else has changed it meanwhile. */
export const editAct = ({ id, name }: Automation, body: Body, asSeen: Automation): Act =>
  act(
    'PUT /automations/{id}',
    { params: { id }, body: body as never },
    {
      title: `Edit ${name}`,
      about: 'What its trigger has counted so far is forgotten.',
      confirm: 'Save',
      done: `The automation ${body.name} is changed.`,
      command: sluice('automation', 'update', '--id', id, '--from-json', JSON.stringify(body)),
      asSeen,
    },
  );

export const switchAct = ({ id, name, enabled }: Automation): Act =>
  act(
    'PATCH /automations/{id}',
    { params: { id }, body: { enabled: !enabled } },
    {
      title: `Switch ${name} ${enabled ? 'off' : 'on'}`,
      about: enabled ? 'It does nothing until it is switched on.' : 'It acts on what happens from now on.',
      confirm: enabled ? 'Switch off' : 'Switch on',
      done: `${name} is ${enabled ? 'off' : 'on'}.`,
      command: sluice('automation', enabled ? 'pause' : 'resume', name),
    },
  );

export const deleteAct = ({ id, name }: Automation, onDone?: () => void): Act =>
  act(
    'DELETE /automations/{id}',
    { params: { id } },
    {
      title: `Delete automation ${name}`,
      about: 'What it has done stays as it is.',
      confirm: 'Delete',
      kind: 'danger',
      done: `The automation ${name} is deleted.`,
      command: sluice('automation', 'delete', '--id', id, '--yes'),
      ...(onDone && { onDone }),
    },
  );
