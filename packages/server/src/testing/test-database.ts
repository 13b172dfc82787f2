import { randomBytes } from 'node:crypto';
import { openDatabase } from '../db/database.ts';

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  drop(): Promise<void>;
}

/** An empty database of its own on the cluster of `url`. */
export async function createTestDatabase(url: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = openDatabase(url, { max: 1 });
  await admin.sql.unsafe(`create database ${name}`);
  await admin.close();
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    name,
    url: own.href,
    drop: async () => {
      const { sql, close } = openDatabase(url, { max: 1 });
      await sql.unsafe(`drop database if exists ${name} with (force)`);
      await close();
    },
  };
}
