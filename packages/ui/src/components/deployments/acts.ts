import type { RouteInput } from '@sluice/core/api/routes';
import type { Deployment } from '../../api/deployments.ts';
import { type Act, act } from '../acts/act.ts';
import { sluice } from '../acts/call-text.ts';
import { changeFlags } from '../acts/change-flags.ts';

type Changes = NonNullable<RouteInput<'PATCH /deployments/{id}'>['body']>;

/** How the command line calls it. */
export const nameOf = ({ name }: Deployment, flow: string | undefined): string => (flow ? `${flow}/${name}` : name);

const change = (deployment: Deployment, body: Changes, words: { title: string; confirm: string; done: string; command: string; about?: string }) =>
  act('PATCH /deployments/{id}', { params: { id: deployment.id }, body }, words);

/** Pauses a deployment, or lets a paused one go on. */
export function pauseAct(deployment: Deployment, flow: string | undefined): Act {
  const name = nameOf(deployment, flow);
  return deployment.paused
    ? act(
        'POST /deployments/{id}/resume_deployment',
        { params: { id: deployment.id } },
        {
          title: `Resume ${name}`,
          about: 'Its runs that wait may start.',
          confirm: 'Resume',
          done: `${name} is resumed.`,
          command: sluice('deployment', 'resume', name),
        },
      )
    : act(
        'POST /deployments/{id}/pause_deployment',
        { params: { id: deployment.id } },
        {
          title: `Pause ${name}`,
          about: 'Runs that its schedules have made are deleted. Those that somebody asks for wait until it is resumed. What runs already goes on.',
          confirm: 'Pause',
          done: `${name} is paused.`,
          command: sluice('deployment', 'pause', name),
        },
      );
}

export function editAct(deployment: Deployment, flow: string | undefined, body: Changes): Act {
  const name = nameOf(deployment, flow);
  return change(deployment, body, {
    title: `Change ${name}`,
    confirm: 'Save',
    done: `${name} is changed.`,
    command: sluice('deployment', 'update', name, ...changeFlags(body)),
  });
}

export const deleteAct = (deployment: Deployment, flow: string | undefined, onDone: () => void): Act =>
  act(
    'DELETE /deployments/{id}',
    { params: { id: deployment.id } },
    {
      title: `Delete ${nameOf(deployment, flow)}`,
      about: 'Its runs stay, and say no more which deployment they are of. What has not started will not start.',
      confirm: 'Delete',
      kind: 'danger',
      done: `${nameOf(deployment, flow)} is deleted.`,
      command: sluice('deployment', 'delete', nameOf(deployment, flow), '--yes'),
      onDone,
    },
  );
