import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Extract, Load, TablePlan } from '../model.ts';
import { formatName } from '../names/qualified-name.ts';
import { isSameSource } from '../names/same-source.ts';
import { quarantineFault } from '../verify/quarantine-share.ts';
import type { CommitRequest, MendedCommit } from './destination.ts';
import type { LedgerRow } from './ledger-row.ts';
import { otherSource } from './other-source.ts';

/** What a commit has done, but for how long it took. */
export type Outcome = Omit<Load, 'table' | 'target' | 'seconds'>;

/** What the ledger says of a load that an earlier try has committed. */
export const already = ({ load_id, rows_read, rows_loaded, rows_quarantined, verify, verified, notes, replay_of }: LedgerRow): Outcome => ({
  ...{ load_id, rows_read, rows_loaded, rows_quarantined, verify, verified, notes, outcome: 'already' },
  ...(replay_of !== null && { replay_of }),
});

/** Nothing of this load is in the warehouse: it does not count as verified, and says why. */
export const superseded = ({ extract, verify }: CommitRequest, later: LedgerRow): Outcome => ({
  load_id: extract.load_id,
  rows_read: extract.rows_read,
  rows_loaded: 0,
  rows_quarantined: extract.rows_quarantined,
  verify,
  verified: false,
  notes: [...extract.plan.notes, `Flow run ${later.flow_run_id}, planned later, has loaded the table already: ${later.rows_loaded} rows.`],
  outcome: 'superseded',
});

/** A table that was loaded now, and whether it counts as verified. */
export function committed({ extract, verify }: Pick<CommitRequest, 'extract' | 'verify'>, rows_loaded: number): Outcome {
  const { load_id, plan, rows_read, rows_quarantined } = extract;
  const fault = quarantineFault(extract);
  const notes = fault === null ? plan.notes : [...plan.notes, fault];
  return { load_id, rows_read, rows_quarantined, rows_loaded, verify, verified: fault === null, notes, outcome: 'committed' };
}

/** A table that has mended rows now, and still `left` ones in quarantine. */
export function mended({ extract, verify, replay_of }: MendedCommit, rows_read: number, rows_loaded: number, left: number): Outcome {
  const { load_id, plan } = extract;
  const note = `${extract.rows_read} ${extract.rows_read === 1 ? 'row was' : 'rows were'} mended in quarantine and loaded.`;
  const fault = quarantineFault({ rows_read, rows_quarantined: left, plan });
  const notes = [...plan.notes, note, ...(fault === null ? [] : [fault])];
  return { load_id, rows_read, rows_loaded, rows_quarantined: left, verify, verified: fault === null, notes, replay_of, outcome: 'committed' };
}

/** Two sources that hold a table of one name: the second would take the place of the first. */
export function refuseOtherSource({ target, source }: TablePlan, { source: standing }: LedgerRow): void {
  if (standing === null || isSameSource(standing, source)) return;
  throw otherSource([formatName(target)], standing, source);
}

export const loadedSince = ({ target }: TablePlan) =>
  new SluiceError('CONFLICT', `${formatName(target)} was loaded again since its quarantine was looked at.`, {
    hint: `Look at it again: sluice quarantine show ${formatName(target)}`,
    lasting: true,
  });

/** Best effort: what stays is removed by the sweep. */
export async function removeParts({ load_id, parts, quarantine_file }: Extract): Promise<void> {
  const file = parts[0]?.file ?? quarantine_file;
  if (!file || basename(dirname(file)) !== load_id) return;
  await rm(dirname(file), { recursive: true, force: true }).catch(() => {});
}
