import { EXIT } from '@sluice/core/errors/catalog';
import type { StateType } from '@sluice/core/model/state-type';

const EXIT_OF: Readonly<Partial<Record<StateType, number>>> = {
  COMPLETED: EXIT.ok,
  FAILED: EXIT.failed,
  CRASHED: EXIT.crashed,
  CANCELLED: EXIT.cancelled,
};

/** The exit code that a run's last state stands for. */
export const exitOf = (type: StateType | null): number => EXIT_OF[type ?? 'FAILED'] ?? EXIT.failed;
