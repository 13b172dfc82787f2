import type { WorkPool } from '../../api/work-pools.ts';
import { Sign } from '../base/tags.tsx';

/** Whether runs of the pool start: it is paused, or no worker is there, or all is well. */
export function PoolStatus({ pool: { status } }: { readonly pool: Pick<WorkPool, 'status'> }) {
  if (status === 'PAUSED') return <Sign tone="pending">paused</Sign>;
  return status === 'READY' ? <Sign tone="completed">ready</Sign> : <Sign tone="late">no worker</Sign>;
}
