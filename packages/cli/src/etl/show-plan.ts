import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EXIT } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { type Destination, destinationAt, etlPaths, planTables, type TablePlan, type TableSpec, type Unreadable } from '@sluice/etl';
import { column } from '../render/column.ts';
import { paint } from '../render/paint.ts';
import { printList } from '../render/print.ts';
import type { EtlOptions } from './etl-options.ts';
import type { JobSource } from './source.ts';

/** Shows how each table would be read, and loads nothing. Answers with the exit code. */
export async function showPlan(options: EtlOptions, source: Pick<JobSource, 'name' | 'sample'>): Promise<number> {
  const { settings, named, only, tables: limit, into, read, root, signal, json } = options;
  const warehouse = options.warehouse ?? etlPaths(settings.home).warehouse;
  const destination = destinationAt(warehouse, settings.home);
  const list = source.name === undefined ? await readList(root) : [];
  const request = { tables: list, source: source.name, named, only, limit, into, read, warehouse, sample: source.sample };
  const planned: (TablePlan | Unreadable)[] = [];
  for await (const plan of planTables(settings.home, request, signal)) {
    planned.push(plan);
    if (!json) await show(plan, destination);
  }
  if (json)
    process.stdout.write(
      `${JSON.stringify(
        planned.map((plan) => asShown(plan, destination)),
        null,
        2,
      )}\n`,
    );
  return planned.some((plan) => !isPlan(plan) && plan.entry !== 'other') ? EXIT.unreadable : EXIT.ok;
}

const isPlan = (plan: TablePlan | Unreadable): plan is TablePlan => 'columns' in plan;

/** With the types that the warehouse makes of the columns. */
function asShown(plan: TablePlan | Unreadable, { typeOf }: Destination): object {
  if (!isPlan(plan)) return plan;
  const typed = (columns: TablePlan['columns']) =>
    columns.map((column) => {
      const { neutral_type, ...others } = column;
      return { ...others, duckdb_type: neutral_type, warehouse_type: typeOf(column, plan.kind) };
    });
  const members = plan.members?.map(({ columns, ...member }) => ({ ...member, ...(columns && { columns: typed(columns) }) }));
  return { ...plan, columns: typed(plan.columns), ...(members && { members }) };
}

/** The list that a project keeps. */
async function readList(root: string): Promise<readonly TableSpec[]> {
  const file = join(root, 'flows', 'tables.ts');
  if (!existsSync(file))
    throw new SluiceError('USAGE', 'This project has no list of tables.', { hint: 'Name a source: sluice etl --plan --source ./exports' });
  return ((await import(pathToFileURL(file).href)) as { readonly tables: readonly TableSpec[] }).tables;
}

const number = new Intl.NumberFormat('en-US');
const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function show(plan: TablePlan | Unreadable, destination: Destination): Promise<void> {
  if (!isPlan(plan)) return say(`${paint('bold', plan.table)}\n${paint('yellow', `not read: ${plan.reason}`)}\n`);
  say(`${paint('bold', plan.table)}  ${placeOf(plan)}${sizeOf(plan)}`);
  for (const line of layoutOf(plan)) say(line);
  await printList(plan.columns, columnsFor(destination, plan.kind), 'table');
  for (const note of plan.notes) say(paint('yellow', `note: ${note}`));
  say('');
}

const columnsFor = ({ typeOf }: Destination, kind: TablePlan['kind']) => [
  column<TablePlan['columns'][number]>('Column', ({ name }) => name),
  column<TablePlan['columns'][number]>('Type', (each) => typeOf(each, kind)),
  column<TablePlan['columns'][number]>('In the source', ({ source_name, name, source_type }) =>
    source_name === name || source_name === '' ? source_type : `${source_name} ${source_type}`,
  ),
];

const placeOf = ({ from, target }: TablePlan): string =>
  `${from.schema === null ? from.name : `${from.schema}.${from.name}`} → ${target.schema}.${target.name}`;

const sizeOf = ({ estimated_rows }: TablePlan): string =>
  estimated_rows === null ? '' : `, about ${number.format(estimated_rows)} ${estimated_rows === 1 ? 'row' : 'rows'}`;

/** How a text file is written, as it will be read. */
function layoutOf({ file }: TablePlan): string[] {
  const encoding = file?.encoding ?? 'UTF-8';
  if (!file?.csv) return file?.encoding === undefined ? [] : [`encoding ${encoding}`];
  const { delimiter, quote, newline, skip, header, comment, tail, null_words, decimal } = file.csv;
  const parts = [
    delimiter === '\u001f' ? 'one column' : `delimiter ${JSON.stringify(delimiter)}`,
    quote === null ? 'no quotes' : `quote ${quote}`,
    header ? `header in line ${skip + 1}` : 'no header',
    `encoding ${encoding}`,
    newline === '\r' && 'lines end with a carriage return',
    !header && skip > 0 && `${skip} lines skipped`,
    comment !== null && `comments ${comment}`,
    tail !== '' && `lines end with ${tail}`,
    null_words.length > 0 && `NULL ${null_words.map((word) => word || quote?.repeat(2)).join(' ')}`,
    decimal === ',' && 'decimal ,',
  ];
  return [parts.filter((part) => part !== false).join(', ')];
}
