import type { Deps } from '../handlers.ts';
import { automationHandlers } from './automations.ts';
import { backgroundTaskHandlers } from './background-tasks.ts';
import { eventIntakeHandlers } from './event-intake.ts';
import { eventOutHandlers } from './event-out.ts';
import { eventHandlers } from './events.ts';
import { findEventHandlers } from './find-events.ts';
import { logOutHandlers } from './log-out.ts';

/** Events in and out, and what else goes over websockets. */
export const allEventHandlers = (deps: Deps) => ({
  ...eventHandlers(deps),
  ...eventIntakeHandlers(deps),
  ...findEventHandlers(deps),
  ...eventOutHandlers(deps),
  ...logOutHandlers(deps),
  ...automationHandlers(deps),
  ...backgroundTaskHandlers(deps),
});
