import type { Artifact } from '../../api/artifacts.ts';
import { type Act, act } from '../acts/act.ts';
import { sluice } from '../acts/call-text.ts';

export const deleteAct = ({ id, key }: Pick<Artifact, 'id' | 'key'>, onDone?: () => void): Act =>
  act(
    'DELETE /artifacts/{id}',
    { params: { id } },
    {
      title: `Delete an artifact${key ? ` of ${key}` : ''}`,
      about: 'Of its key the one before it is the newest then.',
      confirm: 'Delete',
      kind: 'danger',
      done: 'The artifact is deleted.',
      command: sluice('artifact', 'delete', '--id', id, '--yes'),
      ...(onDone && { onDone }),
    },
  );
