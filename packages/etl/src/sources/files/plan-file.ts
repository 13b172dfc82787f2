import { realpath } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { TablePlan, TableSpec, Unreadable } from '../../model.ts';
import { fileToRead } from '../../types/file-literal.ts';
import { formatName, parseName } from '../postgres/table-name.ts';
import { faultOf } from './fault-of.ts';
import { adviceOn, type Content } from './file-content.ts';
import { identityOf } from './file-identity.ts';
import { namedByPerson } from './file-kinds.ts';
import { findTableFiles, type TableFile } from './list-files.ts';
import { readContent } from './open-bytes.ts';
import { planCsv, type TextPlan } from './plan-csv.ts';
import { planNdjson } from './plan-ndjson.ts';
import { planParquet } from './plan-parquet.ts';

const CHUNK_MB = 64;
const BAD_ROW_SHARE = 0.001;

/**
 * Decides, once, how a file is read: which columns it has and of which types. A type is only taken when it keeps the values of the
 * column exactly; all else stays text.
 */
export async function planFile(folder: string, spec: TableSpec, { sample }: { readonly sample: number }): Promise<TablePlan | Unreadable> {
  const table = spec.name;
  const planned_at = new Date().toISOString();
  try {
    const found = await findFile(folder, spec);
    if (typeof found === 'string') return { table, reason: found };
    const path = join(folder, found.path);
    if (!(await isBelow(folder, path))) return { table, reason: `${found.path} leads out of the folder of the source.` };
    const fault = contentFault(await readContent(path), found);
    if (fault !== null) return { table, reason: `${found.path} cannot be read: ${fault}.` };
    fileToRead(path);
    const identity = await identityOf(path);
    const look = await lookInto(found, { table, path, bytes: identity.bytes, badShare: spec.badRowShare ?? BAD_ROW_SHARE });
    if (typeof look === 'string') return { table, reason: look };
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
      chunk_mb: spec.chunkMb ?? CHUNK_MB,
      bad_rows: spec.badRows ?? 'quarantine',
      bad_row_share: spec.badRowShare ?? BAD_ROW_SHARE,
      sample,
      notes: [...found.notes, ...look.notes],
      file: { ...identity, ...look.file },
    };
  } catch (error) {
    if (isSluiceError(error) && error.code === 'TABLE_UNREADABLE') return { table, reason: [error.message, error.hint].join(' ') };
    if (isSluiceError(error)) throw error;
    return { table, reason: `${table} cannot be read: ${faultOf(error)}.` };
  }
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

/** The file that a table is in: the one it names, or the one that is named like it. */
async function findFile(folder: string, { name, from }: TableSpec): Promise<TableFile | string> {
  const parsed = parseName(name);
  if (!parsed) return `"${name}" is no name of a table.`;
  // Where PostgreSQL has its `public`, a folder's own files are in DuckDB's `main`.
  const target = /^[^."]+$/.test(name) ? { schema: 'main', name } : parsed;
  if (from !== undefined) {
    const path = normalize(from).replaceAll(sep, '/');
    if (isAbsolute(path) || path.startsWith('..')) return `${from} is not below the folder of the source.`;
    const named = namedByPerson(path);
    return 'kind' in named ? { ...target, path, kind: named.kind, notes: [] } : `${from} is not read: ${named.reason}.`;
  }
  const { tables: files } = await findTableFiles(folder);
  const file = files.find((candidate) => candidate.schema === target.schema && candidate.name === target.name);
  if (file) return file;
  const known = files.slice(0, 5).map(formatName).join(', ');
  return `No file of the folder is called ${name}. ${known ? `It holds ${known}${files.length > 5 ? ', …' : ''}.` : 'It holds no CSV, JSON or Parquet file.'}`;
}
