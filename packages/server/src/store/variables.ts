import type { VariableCreate, VariableUpdate } from '@sluice/core/model/variable';
import type { Sql } from '../db/database.ts';
import type { Key } from './key.ts';
import { type Columns, changeRow, insertRow, removeRow } from './rows.ts';

const COLUMNS: Columns = { name: 'text', value: 'json', tags: 'text[]' };

/** False when there is one of this name. */
export const insertVariable = (sql: Sql, id: string, { tags, ...variable }: VariableCreate): Promise<boolean> =>
  insertRow(sql, 'variable', COLUMNS, id, { ...variable, tags: tags ?? [] });

/** The id of the one that was changed; undefined when there is none of this key. */
export const updateVariable = (sql: Sql, key: Key, change: VariableUpdate): Promise<string | undefined> =>
  changeRow(sql, 'variable', COLUMNS, key, change);

/** The id of the one that is gone; undefined when there was none of this key. */
export const deleteVariable = (sql: Sql, key: Key): Promise<string | undefined> => removeRow(sql, 'variable', key);
