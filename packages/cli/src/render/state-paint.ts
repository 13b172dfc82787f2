import type { StateType } from '@sluice/core/model/state-type';
import type { Paint } from './paint.ts';

/** One palette, in the hues that Prefect's users know. The state's name always stands beside it: colour is never the only sign. */
export const STATE_PAINT: Readonly<Record<StateType, Paint>> = {
  SCHEDULED: 'yellow',
  PENDING: 'gray',
  RUNNING: 'blueBright',
  COMPLETED: 'green',
  FAILED: 'red',
  CRASHED: 'magenta',
  CANCELLED: 'gray',
  CANCELLING: 'gray',
  PAUSED: 'cyan',
};
