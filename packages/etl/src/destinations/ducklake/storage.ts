import { s3Store } from '../../names/s3-store.ts';
import { literal } from '../../types/sql.ts';

/** Whether files are in an object store, and not in a folder. */
export const isRemote = (dataPath: string): boolean => /^s3:\/\//i.test(dataPath);

/** The secret with which DuckDB opens an object store. Without a key DuckDB sends none. */
export function s3Secret(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const { key, secret, token, region, endpoint } = s3Store(env);
  const parts = {
    key_id: key,
    secret,
    session_token: token,
    region,
    endpoint: endpoint && `${endpoint.host}${endpoint.pathname.replace(/\/$/, '')}`,
    url_style: endpoint && 'path',
    use_ssl: endpoint && String(endpoint.protocol !== 'http:'),
  };
  const given = Object.entries(parts).flatMap(([part, value]) => (value ? [`, ${part} ${literal(value)}`] : []));
  return `create or replace secret ${name} (type s3${given.join('')})`;
}
