import type { Sql } from '../db/database.ts';
import { readPoolId } from '../store/work-pools.ts';
import { missing } from './found.ts';

export const noPool = (name: string) => missing(`Work pool "${name}"`, `Make it with: sluice work-pool create ${name}`);

export async function expectPool(sql: Sql, name: string): Promise<string> {
  const id = await readPoolId(sql, name);
  if (!id) throw noPool(name);
  return id;
}
