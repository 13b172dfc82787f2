import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { OWN_FOLDER, writeWhole } from '@sluice/home/files';
import { etlPaths } from '../../home.ts';
import type { FilePlan, MemberPlan, MendedRow, TablePlan } from '../../model.ts';
import type { MendedRead, MendedReading } from '../source.ts';
import { extractFile } from './extract-file.ts';
import { identityOf } from './file-identity.ts';
import { judgeMended } from './judge-mended.ts';
import { membersOf } from './plan-many.ts';

const ENDINGS = { csv: 'csv', ndjson: 'ndjson' } as const;
type Kind = keyof typeof ENDINGS;

/**
 * Reads rows that a person has mended as the file that they stood in was read: the same columns and signs, the same second look. What
 * cannot be kept has been told apart before, row by row, so that a wrong one spoils no other.
 */
export async function readMended({
  plan,
  rows,
  load_id,
  home,
  verify,
  context,
}: MendedReading & { readonly plan: { readonly kind: Kind } }): Promise<MendedRead> {
  const { kept, refused } = judgeMended(plan, rows);
  if (kept.length === 0) return { extract: nothing(load_id, plan), kept: [], refused };
  const folder = join(etlPaths(home).spool, `${load_id}.mended`);
  await mkdir(folder, { recursive: true, mode: OWN_FOLDER });
  try {
    const written = await writeRows(folder, plan, kept);
    const extract = await extractFile({ folder, plan: written, load_id, home, verify, context });
    if (extract.rows_read !== kept.length || extract.rows_quarantined > 0) {
      throw new SluiceError('INTERNAL', `Of ${kept.length} mended rows of ${plan.table} ${extract.rows_read - extract.rows_quarantined} were read.`, {
        hint: 'This is a fault of Sluice: please report it.',
      });
    }
    const notes = extract.plan.notes.filter((note) => !plan.notes.includes(note));
    return { extract: { ...extract, plan: { ...plan, notes: [...plan.notes, ...notes] } }, kept: kept.map(({ row }) => row.id), refused };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const nothing = (load_id: string, plan: TablePlan) => ({
  ...{ load_id, plan, parts: [], rows_read: 0, rows_quarantined: 0, quarantine_file: null, seconds: 0 },
  sums: { rows: 0, columns: {}, checksum: null },
});

interface Kept {
  readonly row: MendedRow;
  /** Number of the file that it stood in, among those of the table. */
  readonly member: number;
}

/** The rows in files of their own, one for each file that they stood in, and the plan that reads these. */
async function writeRows(folder: string, plan: TablePlan & { readonly kind: Kind }, kept: readonly Kept[]): Promise<TablePlan> {
  const ending = ENDINGS[plan.kind];
  const groups = [...Map.groupBy(kept, ({ member }) => member)].sort(([a], [b]) => a - b);
  const members: MemberPlan[] = [];
  for (const [number, group] of groups) {
    const name = `${String(number).padStart(6, '0')}.${ending}`;
    const member = membersOf(plan)[number] ?? plan;
    const feed = member.file?.csv?.newline ?? '\n';
    await writeWhole(join(folder, name), group.map(({ row }) => row.raw + feed).join(''));
    const planned = plan.members?.[number];
    members.push({ ...planned, name, file: await asWritten(join(folder, name), member.file) });
  }
  const { members: _files, file: _file, ...table } = plan;
  const all = { ...table, sample: 1, bad_rows: 'quarantine' as const, estimated_rows: kept.length };
  const [only] = members;
  if (plan.members) return { ...all, from: { schema: null, name: `*.${ending}` }, members };
  return { ...all, from: { schema: null, name: only?.name ?? '' }, ...(only && { file: only.file }) };
}

/** As the file was written, but for what stands before its rows, and for how it was packed. */
async function asWritten(path: string, { json_values, csv }: Partial<FilePlan> = {}): Promise<FilePlan> {
  const identity = await identityOf(path);
  return { ...identity, ...(json_values !== undefined && { json_values }), ...(csv && { csv: { ...csv, skip: 0, header: false } }) };
}

export const isMendable = (plan: TablePlan): plan is TablePlan & { readonly kind: Kind } => plan.kind in ENDINGS;
