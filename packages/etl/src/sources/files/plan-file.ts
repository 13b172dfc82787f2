import { realpath } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { fileToRead } from '../../duckdb/file-literal.ts';
import type { TablePlan, TableSpec, Unreadable } from '../../model.ts';
import { formatName, parseName, type QualifiedName } from '../../names/qualified-name.ts';
import { howToLoad } from '../how-to-load.ts';
import type { PlanOptions } from '../source.ts';
import { csvOptionFault } from './csv-option-fault.ts';
import { faultOf } from './fault-of.ts';
import { adviceOn, type Content } from './file-content.ts';
import { identityOf } from './file-identity.ts';
import { namedByPerson } from './file-kinds.ts';
import { findTableFiles, type TableFile } from './list-files.ts';
import { readContent } from './open-bytes.ts';
import { keysOfPath, type PartitionKeys, withKeys } from './partition-keys.ts';
import { expandPattern, type ManyFiles } from './pattern.ts';
import { planCsv, type TextPlan } from './plan-csv.ts';
import { planMany } from './plan-many.ts';
import { planNdjson } from './plan-ndjson.ts';
import { planParquet } from './plan-parquet.ts';

/** What DuckDB calls the number of a row in a Parquet file. */
const ROW_NUMBER = 'file_row_number';

type PlanFileOptions = Pick<PlanOptions, 'sample' | 'read'>;

/**
 * Decides, once, how a file is read, or the files that are one table: which columns it has and of which types. A type is only taken
 * when it keeps the values of the column exactly; all else stays text.
 */
export async function planFile(folder: string, spec: TableSpec, options: PlanFileOptions): Promise<TablePlan | Unreadable> {
  const table = spec.name;
  try {
    const found = await findFile(folder, spec);
    if (typeof found === 'string') return { table, reason: found };
    if ('files' in found) return await planFiles(folder, spec, found, options);
    const hasKeys = spec.partitions ?? (options.read?.partitions === true && /=[^/]*\//.test(found.path));
    if (!hasKeys) return await planOne(folder, spec, found, options);
    return await planFiles(folder, spec, { many: { pattern: found.path, files: [found.path], notes: [] }, files: [found] }, options);
  } catch (error) {
    if (isSluiceError(error) && error.code === 'TABLE_UNREADABLE') return { table, reason: [error.message, error.hint ?? []].flat().join(' ') };
    if (isSluiceError(error)) throw error;
    return { table, reason: `${table} cannot be read: ${faultOf(error)}.` };
  }
}

/** Files that are one table, or one whose folders have a say. */
async function planFiles(folder: string, spec: TableSpec, { many, files }: FoundMany, options: PlanFileOptions): Promise<TablePlan | Unreadable> {
  const { types: own, partitions = options.read?.partitions, ...one } = spec;
  const types = { ...options.read?.types, ...own };
  const keys = partitions ? files.flatMap(({ path }) => namesOf(keysOfPath(path))) : [];
  // A column that is given a type need not be in every file.
  const read = { ...options.read, types: Object.fromEntries(Object.entries(types).filter(([column]) => !keys.includes(column))) };
  const plans: TablePlan[] = [];
  for (const file of files) {
    const plan = await planOne(folder, one, file, { ...options, read });
    if (!('columns' in plan)) return { table: spec.name, reason: `${file.path}: ${plan.reason}` };
    plans.push(plan);
  }
  const plan = planMany(many, plans);
  return partitions && 'columns' in plan ? withKeys(plan, types) : plan;
}

const namesOf = (keys: PartitionKeys | string): string[] => (typeof keys === 'string' ? [] : Object.keys(keys));

async function planOne(folder: string, spec: TableSpec, found: TableFile, { sample, read = {} }: PlanFileOptions): Promise<TablePlan | Unreadable> {
  const table = spec.name;
  const planned_at = new Date().toISOString();
  const path = join(folder, found.path);
  if (!(await isBelow(folder, path))) return { table, reason: `${found.path} leads out of the folder of the source.` };
  const fault = contentFault(await readContent(path), found);
  if (fault !== null) return { table, reason: `${found.path} cannot be read: ${fault}.` };
  fileToRead(path);
  const identity = await identityOf(path);
  const csv = { ...read.csv, ...spec.csv };
  const wrong = csvOptionFault(csv);
  if (wrong !== null) return { table, reason: wrong };
  const look = await lookInto(found, { table, path, bytes: identity.bytes, csv, given: { types: spec.types, anyTypes: read.types } });
  if (typeof look === 'string') return { table, reason: look };
  const taken = found.kind === 'parquet' && look.columns.find(({ source_name }) => source_name.toLowerCase() === ROW_NUMBER);
  if (taken) return { table, reason: `Its column ${taken.source_name} has a name that is reserved for counting the rows. Give it another one.` };
  return {
    table,
    source: spec.source,
    kind: found.kind,
    from: { schema: null, name: found.path },
    target: { schema: found.schema, name: found.name },
    columns: look.columns,
    estimated_rows: look.estimated_rows,
    estimated_bytes: identity.bytes,
    planned_at,
    ...howToLoad(spec),
    sample,
    notes: [...found.notes, ...look.notes],
    file: { ...identity, ...look.file },
  };
}

/** Whether it is there even when links are followed. */
async function isBelow(folder: string, path: string): Promise<boolean> {
  const way = relative(await realpath(folder), await realpath(path));
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Why a file of this content is not what its name says. */
function contentFault(content: Content, { kind }: TableFile): string | null {
  if (content === 'parquet' && kind !== 'parquet') return 'it is a Parquet file: give it a name that ends in .parquet';
  return adviceOn(content);
}

const lookInto = (file: TableFile, planned: Parameters<typeof planCsv>[0] & { readonly table: string }): Promise<TextPlan | string> => {
  if (file.kind === 'parquet') return planParquet(planned.path, planned.table);
  return file.kind === 'ndjson' ? planNdjson(planned) : planCsv(planned);
};

/** The files of one table, and what was asked for. */
interface FoundMany {
  readonly many: ManyFiles;
  readonly files: readonly TableFile[];
}

/** The file that a table is in: the one it names, or the one that is named like it. A folder, or a pattern, is one table of many files. */
async function findFile(folder: string, { name, from }: TableSpec): Promise<TableFile | FoundMany | string> {
  const parsed = parseName(name);
  if (!parsed) return `"${name}" is not the name of a table.`;
  // Where PostgreSQL has its `public`, a folder's own files are in DuckDB's `main`.
  const target = /^[^."]+$/.test(name) ? { schema: 'main', name } : parsed;
  if (from !== undefined) {
    const path = normalize(from).replaceAll(sep, '/');
    if (isAbsolute(path) || path.startsWith('..')) return `${from} is not below the folder of the source.`;
    const many = await expandPattern(folder, path);
    if (many) return foundMany(many, target);
    const named = namedByPerson(path);
    return 'kind' in named ? { ...target, path, kind: named.kind, notes: [] } : `${from} is not read: ${named.reason}.`;
  }
  const { tables: files } = await findTableFiles(folder);
  const file = files.find((candidate) => candidate.schema === target.schema && candidate.name === target.name);
  if (file) return file;
  const below = files.some(({ path }) => path.startsWith(`${folderOf(target)}/`)) ? await expandPattern(folder, folderOf(target)) : null;
  if (below) return foundMany(below, target);
  const known = files.slice(0, 5).map(formatName).join(', ');
  return `No file of the folder is called ${name}. ${known ? `It holds ${known}${files.length > 5 ? ', …' : ''}.` : 'It holds no CSV, JSON or Parquet file.'}`;
}

const folderOf = ({ schema, name }: QualifiedName): string => (schema === 'main' ? name : `${schema}/${name}`);

function foundMany(many: ManyFiles, target: QualifiedName): FoundMany | string {
  const files = many.files.flatMap((path): TableFile[] => {
    const named = namedByPerson(path);
    return 'kind' in named ? [{ ...target, path, kind: named.kind, notes: [] }] : [];
  });
  return files.length > 0 ? { many, files } : ['No file that can be read fits', `${many.pattern}.`, ...many.notes].join(' ');
}
