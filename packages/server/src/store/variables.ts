import type { VariableCreate, VariableUpdate } from '@sluice/core/model/variable';
import type { Sql } from '../db/database.ts';
import type { Key } from './key.ts';
import { type Columns, deleteRow, insertRow, updateRow } from './rows.ts';

const COLUMNS: Columns = { name: 'text', value: 'json', tags: 'text[]' };

/** False when there is one of this name. */
export const insertVariable = (sql: Sql, id: string, { tags, ...variable }: VariableCreate): Promise<boolean> =>
  insertRow(sql, 'variable', COLUMNS, id, { ...variable, tags: tags ?? [] });

export const updateVariable = (sql: Sql, key: Key, change: VariableUpdate): Promise<boolean> => updateRow(sql, 'variable', COLUMNS, key, change);

export const deleteVariable = (sql: Sql, key: Key): Promise<boolean> => deleteRow(sql, 'variable', key);
