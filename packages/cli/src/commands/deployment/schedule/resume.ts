import { switchSchedules } from '../../../change/schedule-active.ts';

export const command = switchSchedules(true);
