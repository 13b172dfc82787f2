import type { Sql } from '../db/database.ts';

const AT_ONCE = 1000;

interface Line {
  readonly id: string;
  readonly at: string;
  readonly level: number;
  readonly flow_run_id: string | null;
  readonly task_run_id: string | null;
  readonly message: string;
}

/** Quoted only when it must be, as Python's csv module does. */
const cell = (value: string | number | null) => {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const row = (cells: readonly (string | number | null)[]) => `${cells.map(cell).join(',')}\r\n`;

/** All log lines of a flow run, oldest first, as CSV: a part of them is read while the one before is sent. */
export async function* readLogCsv(sql: Sql, flowRunId: string): AsyncGenerator<string> {
  yield row(['timestamp', 'level', 'flow_run_id', 'task_run_id', 'message']);
  for (let last: Line | undefined; ; ) {
    const lines: Line[] = await readLines(sql, flowRunId, last);
    if (lines.length > 0) yield lines.map((line) => row([line.at, line.level, line.flow_run_id, line.task_run_id, line.message])).join('');
    if (lines.length < AT_ONCE) return;
    last = lines.at(-1);
  }
}

function readLines(sql: Sql, flowRunId: string, after: Line | undefined): Promise<Line[]> {
  const isAfter = after ? sql`and (timestamp, id) > (${after.at}::timestamptz, ${after.id}::uuid)` : sql``;
  return sql<Line[]>`
    select id, to_char(timestamp at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00:00') as at, level, flow_run_id, task_run_id, message
    from log where flow_run_id = ${flowRunId} ${isAfter} order by timestamp, id limit ${AT_ONCE}`;
}
