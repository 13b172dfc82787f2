import type { Json as JsonValue } from '@sluice/core/lib/json';
import type { Artifact } from '../../api/artifacts.ts';
import { JsonView } from '../base/json-view.tsx';
import { Markdown } from '../base/markdown.tsx';
import { Picture } from '../base/picture.tsx';
import { progressOf, tableOf } from './artifact-data.ts';
import styles from './artifact-view.module.css';

type Shown = Pick<Artifact, 'type' | 'data'>;

/** What an artifact shows, by its type; one of a type that nobody knows is shown as JSON. */
export function ArtifactView({ artifact: { type, data } }: { readonly artifact: Shown }) {
  if (type === 'progress') return <Progress data={data} />;
  if (type === 'table') return <Table data={data} />;
  if (type === 'image' && typeof data === 'string') {
    return (
      <div className={styles['picture']}>
        <Picture src={data} alt="" />
      </div>
    );
  }
  if (typeof data === 'string' && (type === 'markdown' || type === 'link' || type === null)) return <Markdown text={data} />;
  return <JsonView value={data} />;
}

function Progress({ data }: { readonly data: JsonValue }) {
  const share = progressOf(data);
  if (share === undefined) return <JsonView value={data} />;
  return (
    <p className={styles['progress']}>
      <progress max={100} value={share} aria-label="How far it is" />
      <span className="number">{share} %</span>
    </p>
  );
}

/** So many rows are on the page; a table of a warehouse belongs elsewhere. */
const MOST_ROWS = 500;
const textOf = (value: JsonValue | undefined) =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** Numbers of a column stand below each other. */
const areNumbers = (rows: readonly { readonly [column: string]: JsonValue }[], column: string) =>
  rows.every((row) => row[column] == null || typeof row[column] === 'number');

function Table({ data }: { readonly data: JsonValue }) {
  const table = tableOf(data);
  if (!table) return <JsonView value={data} />;
  const { columns, rows } = table;
  const numbers = new Set(columns.filter((column) => areNumbers(rows, column)));
  return (
    <div className={styles['scroll']}>
      <table className={styles['table']}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" data-number={numbers.has(column) || undefined}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no names, and are never moved
            <tr key={index}>
              {columns.map((column) => (
                <td key={column} data-number={numbers.has(column) || undefined}>
                  {textOf(row[column])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && <p className="quiet">and {rows.length - MOST_ROWS} rows more</p>}
    </div>
  );
}
