import type { ClaimedRun } from '@sluice/core/model/worker';
import type { Database } from '../db/database.ts';
import type { Writer } from '../orchestrate/change.ts';
import { isBundleOf } from '../store/bundles.ts';
import { isLastEpoch } from '../store/holders.ts';
import { isMadeIn, isOwnRun } from '../store/own-runs.ts';
import { namesSource } from '../store/sources.ts';
import type { Credentials } from './credentials.ts';
import { createHolders } from './holders.ts';
import { createRunTokens } from './run-tokens.ts';

/** How the process of a flow run comes in without a key: by a token that is as good as the run's lease. */
export interface RunAccess {
  /** The run that was claimed, with its token. */
  admit(claimed: ClaimedRun): ClaimedRun;
  /** Whose token this is; undefined when no server with these credentials made it. */
  read(token: string): Writer | undefined;
  /** Whether the token is good still, as of a second ago at most. */
  isCurrent(holder: Writer): Promise<boolean>;
  /** Whether a flow run or task run is the holder's own: the run itself, or one below it. */
  owns(holder: Writer, id: string): Promise<boolean>;
  /** Whether a flow run is one that the holder's process, or one that it has started, has made to run it itself. */
  made(holder: Writer, id: string): Promise<boolean>;
  /** Whether the holder's run names this source. */
  namesSource(holder: Writer, name: string): Promise<boolean>;
  /** Whether the holder's run was made with this bundle. */
  hasBundle(holder: Writer, name: string): Promise<boolean>;
}

/** How long after the end of its lease a run can still ask, for last log lines and an end whose answer got lost. The door refuses all else. */
const GRACE_SECONDS = 60;

/** Undefined for a server that asks for no key. */
export function createRunAccess(credentials: Credentials, { database, clock }: { database: Database; clock: () => number }): RunAccess | undefined {
  const tokens = createRunTokens(credentials);
  const look = ({ flow_run_id, epoch }: Writer) => isLastEpoch(database.sql, flow_run_id, epoch, GRACE_SECONDS);
  const holders = createHolders({ look, clock });
  return (
    tokens && {
      admit: (claimed) => {
        const holder = { flow_run_id: claimed.flow_run.id, epoch: claimed.epoch };
        holders.note(holder); // its process asks in a moment
        return { ...claimed, token: tokens.make(holder) };
      },
      read: tokens.read,
      isCurrent: holders.isCurrent,
      owns: async ({ flow_run_id }, id) => id === flow_run_id || isOwnRun(database.sql, id, flow_run_id),
      hasBundle: ({ flow_run_id }, name) => isBundleOf(database.sql, name, flow_run_id),
      namesSource: ({ flow_run_id }, name) => namesSource(database.sql, flow_run_id, name),
      made: ({ flow_run_id }, id) => isMadeIn(database.sql, id, flow_run_id),
    }
  );
}
