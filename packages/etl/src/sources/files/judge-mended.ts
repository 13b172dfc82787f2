import { Buffer } from 'node:buffer';
import type { MendedRow, RefusedRow, TablePlan } from '../../model.ts';
import { emptyRecord } from './csv-records.ts';
import { membersOf } from './plan-many.ts';
import { isText } from './raw-text.ts';
import { textFormat } from './read-rows.ts';
import type { Fault, TextFormat } from './text-format.ts';

export interface JudgedRows {
  readonly kept: readonly { readonly row: MendedRow; readonly member: number }[];
  readonly refused: readonly RefusedRow[];
}

/** Tells mended rows that can be kept from those that cannot. Each is looked at alone: an open quote must not swallow the next one. */
export function judgeMended(plan: TablePlan, rows: readonly MendedRow[]): JudgedRows {
  const members = membersOf(plan);
  const formats = members.map((member) => textFormat(member));
  const judged = rows.map((given) => {
    const row = { ...given, raw: given.raw.replace(/\r?\n$/, '') };
    const member = plan.members ? memberOf(members, row) : 0;
    const format = formats[member];
    const fault = format ? judge(format, row.raw) : { column: null, reason: 'the file that it stood in is not known' };
    return { row, member, fault };
  });
  return {
    kept: judged.filter(({ fault }) => fault === null).map(({ row, member }) => ({ row, member })),
    refused: judged.flatMap(({ row: { id, raw }, member, fault }) =>
      fault ? [{ id, raw, column: fault.column, reason: plan.members ? `${members[member]?.from.name}: ${fault.reason}` : fault.reason }] : [],
    ),
  };
}

/** The reason of a row begins with its file, where a table is several. */
function memberOf(members: readonly TablePlan[], { reason }: MendedRow): number {
  const fits = members.map(({ from: { name } }) => (reason?.startsWith(`${name}: `) ? name.length : 0));
  const longest = Math.max(...fits);
  return longest === 0 ? -1 : fits.indexOf(longest);
}

function judge(format: TextFormat, raw: string): Fault | null {
  const bytes = Buffer.from(raw);
  const found = emptyRecord();
  const wrong = (reason: string): Fault => ({ column: null, reason });
  if (!isText(bytes)) return wrong('it holds a NUL byte');
  if (!format.find(bytes, 0, true, found)) return wrong('it is empty');
  if (found.fault !== null) return wrong(found.fault);
  if (found.next < bytes.length) return wrong('it is more than one row');
  return format.isBlank(bytes, found) ? wrong('it holds no row') : format.judge(bytes, found);
}
