import type { RouteInput } from '@sluice/core/api/routes';
import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import { ask } from '../../api/client.ts';
import type { Deployment } from '../../api/deployments.ts';
import { type Act, act } from '../acts/act.ts';
import { sluice } from '../acts/call-text.ts';
import { nameOf } from './acts.ts';

/** What a person wants of a run. */
export interface RunWish {
  readonly parameters: { readonly [name: string]: unknown };
  readonly name: string;
  readonly tags: readonly string[];
  /** `10m`; nothing for now. */
  readonly delay: string;
  /** Two requests with one key make one run. */
  readonly key: string;
}

type Body = NonNullable<RouteInput<'POST /deployments/{id}/create_flow_run'>['body']>;

export function delayFault(delay: string): string | undefined {
  if (!delay) return undefined;
  try {
    toSeconds(delay as Duration);
    return undefined;
  } catch {
    return 'Write a number and its unit: 30s, 10m, 2h or 1d.';
  }
}

const bodyOf = ({ parameters, name, tags, delay, key }: RunWish): Body => ({
  parameters: parameters as NonNullable<Body['parameters']>,
  ...(name && { name }),
  ...(tags.length > 0 && { tags: [...tags] }),
  ...(delay && {
    state: { type: 'SCHEDULED', state_details: { scheduled_time: new Date(Date.now() + toSeconds(delay as Duration) * 1000).toISOString() } },
  }),
  idempotency_key: key,
});

/** Makes a run of a deployment. The time that it waits begins when it is sent. */
export function runAct(deployment: Deployment, flow: string | undefined, wish: RunWish, onDone: (id: string) => void): Act {
  const { parameters, name, tags, delay } = wish;
  const params = { id: deployment.id };
  const given = Object.keys(parameters).length > 0 ? ['--params', JSON.stringify(parameters)] : [];
  return act(
    'POST /deployments/{id}/create_flow_run',
    { params, body: bodyOf(wish) },
    {
      title: `Run ${nameOf(deployment, flow)}`,
      confirm: 'Run',
      command: sluice(
        'deployment',
        'run',
        nameOf(deployment, flow),
        ...given,
        ...(name ? ['--flow-run-name', name] : []),
        ...tags.flatMap((tag) => ['--tag', tag]),
        ...(delay ? ['--start-in', delay] : []),
      ),
      send: () => ask('POST /deployments/{id}/create_flow_run', { params, body: bodyOf(wish) }),
      done: ({ name }) => `${name} is ${delay ? 'scheduled' : 'made'}.`,
      onDone: ({ id }) => onDone(id),
    },
  );
}

/** A key that nobody else has. A page that is not on https has no `randomUUID`. */
export const newKey = (): string => `dashboard ${crypto.getRandomValues(new BigUint64Array(2)).join('')}`;
