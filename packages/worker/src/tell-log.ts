import { type Client, sendLogs } from '@sluice/client';
import { safeText } from '@sluice/core/text/safe-text';
import { uuidv7 } from 'uuidv7';

/** A process may have printed anything. */
const LOG_BYTES = 128 * 1024;

const LEVELS = { info: 20, error: 40 } as const;

/** Writes a line into the log of a run; without it the run goes on as well. */
export type TellLog = (level: keyof typeof LEVELS, message: string) => Promise<void>;

export const logTeller =
  (client: Client, flow_run_id: string): TellLog =>
  async (level, message) => {
    const line = {
      id: uuidv7(),
      name: 'sluice.worker',
      level: LEVELS[level],
      message: safeText(message, LOG_BYTES),
      timestamp: new Date().toISOString(),
      flow_run_id,
    };
    await sendLogs(client, [line]).catch(() => {});
  };
