import { openDatabase } from './database.ts';

/** Makes a database unless it is there. `url` is of another database of the same cluster. */
export async function ensureDatabase(url: string, name: string): Promise<void> {
  const { sql, close } = openDatabase(url, { max: 1 });
  try {
    const known = await sql`select from pg_database where datname = ${name}`;
    if (known.length === 0) await sql`create database ${sql(name)}`;
  } finally {
    await close();
  }
}
