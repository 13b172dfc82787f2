import type { Extract, TableSpec } from '../../src/model.ts';
import { mysqlSource } from '../../src/sources/mysql/mysql-source.ts';
import type { TestMariadb } from './mariadb.ts';
import { quietContext } from './warehouse-load.ts';

/** The URL by which a test reads a server. */
export const readerUrl = ({ port }: Pick<TestMariadb, 'port'>, database = '', query = ''): string =>
  `mysql://reader:${encodeURIComponent('p@ss:w/rd')}@127.0.0.1:${port}/${database}${query}`;

export interface MysqlLoading {
  readonly sample?: number;
  readonly signal?: AbortSignal;
  readonly url?: string;
  readonly onRows?: () => void;
}

let loads = 0;

/** Plans a table and reads it. */
export async function extractMysql(
  server: Pick<TestMariadb, 'port'>,
  home: string,
  table: string | TableSpec,
  options: MysqlLoading = {},
): Promise<Extract> {
  const { sample = 1, signal = new AbortController().signal, url = readerUrl(server), onRows = () => {} } = options;
  const source = mysqlSource(url);
  const planAnew = async () => {
    const spec = typeof table === 'string' ? { name: table, source: 'test' } : table;
    const plan = await source.plan(spec, { sample, signal });
    if ('columns' in plan) return plan;
    throw new Error(plan.reason);
  };
  const context = { ...quietContext(signal), progress: onRows };
  return await source.extract({ load_id: `load${++loads}`, home, verify: 'full', context, plan: await planAnew(), planAnew });
}
