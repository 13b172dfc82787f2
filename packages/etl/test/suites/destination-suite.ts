import { describe, expect, test } from 'vitest';
import { seconds } from '../../../../tests/support/patience.ts';
import type { CommitRequest, Row } from '../../src/destinations/destination.ts';
import { StaleToken } from '../../src/destinations/stale-token.ts';
import { destinationAt } from '../../src/destinations/table.ts';
import type { Extract, Load } from '../../src/model.ts';
import type { QualifiedName } from '../../src/names/qualified-name.ts';
import { commitAndKill, GENERATION, generation } from '../support/kill-commit.ts';
import { type LoadOptions, makeExtract, quietContext } from '../support/warehouse-load.ts';
import { atOneMoment } from './at-one-moment.ts';

/** A destination that is empty, and what a person sees of it. */
export interface DestinationTrial extends AsyncDisposable {
  /** What `destinationAt` opens, in this process and in others. */
  readonly address: string;
  /** A folder for the parts of loads. */
  readonly folder: string;
  /** Rows of a table, each as its texts, in the order of its first column. */
  rows(table: QualifiedName): Promise<(string | null)[][]>;
  /** Bad rows of the load that stands in a table, in the order of their lines. */
  quarantine(table: QualifiedName): Promise<readonly { readonly load_id: string; readonly line: number | null; readonly reason: string | null }[]>;
  /** Ids of the loads that it has committed, the latest first. */
  ledger(): Promise<string[]>;
}

const COLUMNS = { id: 'BIGINT', name: 'VARCHAR', price: 'DECIMAL(10,2)' };
const ROWS = "select i as id, 'name ' || i as name, (i / 4)::decimal(10,2) as price from range(100) r(i)";
const MORE = 'select i as id, null as name, 1.5::decimal(10,2) as price from range(100, 130) r(i)';
const ORDERS = { schema: 'public', name: 'orders' };

/** A value of each neutral type that a source may plan, as DuckDB writes it into a part. */
const VALUES = {
  BOOLEAN: 'true',
  SMALLINT: '-1',
  INTEGER: '2147483647',
  BIGINT: '-9223372036854775808',
  UINTEGER: '4294967295',
  'DECIMAL(10,2)': '-0.05',
  'DECIMAL(38,10)': '1234567890123456789012345678.0000000001',
  FLOAT: "'nan'",
  DOUBLE: "'-inf'",
  VARCHAR: '\'é "x" \\, 😀\' || chr(10)',
  BLOB: "'\\x00\\xFF'",
  UUID: "'00000000-0000-0000-0000-00000000ffff'",
  DATE: "'0001-01-01'",
  TIME: "'23:59:59.999999'",
  TIMESTAMP: "'2026-01-31 10:00:00.000001'",
  'TIMESTAMP WITH TIME ZONE': "'2026-01-31 10:00:00+02'",
  JSON: `'{"a": [1.10]}'`,
  'INTEGER[]': '[1, null]',
};

/** What every destination must do: the function is called in a test file with what makes one. `suite`: where it needs something that may be missing. */
export function destinationSuite(
  what: string,
  make: () => Promise<DestinationTrial>,
  suite: (name: string, tests: () => void) => unknown = describe,
): void {
  let leases = 0;
  const orders = ({ folder }: DestinationTrial, more: Partial<LoadOptions> = {}) =>
    makeExtract({ folder, columns: COLUMNS, parts: [ROWS, MORE], ...more });
  /** Each with a lease younger than those before. */
  const commit = ({ address }: DestinationTrial, extract: Extract, more: Partial<CommitRequest> = {}): Promise<Load> =>
    destinationAt(address).commit({ extract, verify: 'sums', token: ++leases, flow_run_id: 'run-1', context: quietContext(), ...more });
  const present = ({ address }: DestinationTrial) => destinationAt(address).present(new AbortController().signal);
  const thrown = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

  suite(what, () => {
    test('a table stands there as it was planned, and says where it is from', async () => {
      await using trial = await make();
      expect(await present(trial)).toEqual([]);
      const load = await commit(trial, await orders(trial, { source: 'shop' }), { flow_run_id: 'run-7' });
      expect(load).toMatchObject({
        outcome: 'committed',
        verified: true,
        rows_read: 130,
        rows_loaded: 130,
        rows_quarantined: 0,
        table: 'public.orders',
      });
      const rows = await trial.rows(ORDERS);
      expect(rows).toHaveLength(130);
      expect([rows[3], rows[129]]).toEqual([
        ['3', 'name 3', '0.75'],
        ['129', null, '1.50'],
      ]);
      expect(await present(trial)).toMatchObject([{ ...ORDERS, source: 'shop', flow_run_id: 'run-7', rows: 130 }]);
    });

    test('the same load again changes nothing and says so, when its parts are gone too', async () => {
      await using trial = await make();
      const extract = await orders(trial);
      await commit(trial, extract);
      expect(await commit(trial, extract)).toMatchObject({ outcome: 'already', verified: true, rows_loaded: 130 });
      expect(await trial.ledger()).toEqual([extract.load_id]);
    });

    test('a new load replaces the table whole, its columns too', async () => {
      await using trial = await make();
      const first = await orders(trial);
      await commit(trial, first);
      const next = await orders(trial, { columns: { code: 'VARCHAR' }, parts: ["select '00501' as code"] });
      await commit(trial, next);
      expect(await trial.rows(ORDERS)).toEqual([['00501']]);
      expect(await trial.ledger()).toEqual([next.load_id, first.load_id]);
    });

    test('a table without rows has its columns', async () => {
      await using trial = await make();
      expect(await commit(trial, await orders(trial, { parts: [] }))).toMatchObject({ verified: true, rows_loaded: 0 });
      expect(await trial.rows(ORDERS)).toEqual([]);
    });

    test('a load that was planned before the one that stands there replaces nothing, whatever its token', async () => {
      await using trial = await make();
      const newer = await orders(trial, { parts: [ROWS], planned_at: '2026-11-24T10:00:01Z' });
      await commit(trial, newer, { flow_run_id: 'newer' });
      const load = await commit(trial, await orders(trial, { planned_at: '2026-11-24T11:00:00+02:00' }));
      expect(load).toMatchObject({ outcome: 'superseded', verified: false, rows_loaded: 0 });
      expect(load.notes).toEqual(['Flow run newer, planned later, has loaded the table already: 100 rows.']);
      expect(await trial.rows(ORDERS)).toHaveLength(100);
      expect(await trial.ledger()).toEqual([newer.load_id]);
    });

    test('of two loads that were planned at one instant the one with the younger lease stands', async () => {
      await using trial = await make();
      const planned_at = '2026-11-24T10:00:00.000Z';
      await commit(trial, await orders(trial, { parts: [ROWS], planned_at }), { token: 6 });
      expect(await commit(trial, await orders(trial, { planned_at }), { token: 5 })).toMatchObject({ outcome: 'superseded' });
      expect(await commit(trial, await orders(trial, { planned_at }), { token: 7 })).toMatchObject({ outcome: 'committed' });
    });

    test('a lease that is not younger than that of the last commit is refused, and nothing is changed', async () => {
      await using trial = await make();
      await commit(trial, await orders(trial, { parts: [ROWS] }), { token: 6 });
      const error = await thrown(commit(trial, await orders(trial), { token: 6 }));
      expect(error).toBeInstanceOf(StaleToken);
      expect(error).toMatchObject({ code: 'LEASE_EXPIRED', highest: 6 });
      expect(await trial.rows(ORDERS)).toHaveLength(100);
    });

    test('a table that is not what the source held is never seen: the old one stays, and what differs is named', async () => {
      await using trial = await make();
      const standing = await orders(trial, { parts: [ROWS] });
      await commit(trial, standing);
      const honest = await orders(trial, { quarantined: [[1, 'broken']] });
      const changed = await orders(trial, { parts: [ROWS.replace('i / 4', 'i / 4 + (i = 7)::int'), MORE] });
      const error = await thrown(commit(trial, { ...changed, sums: honest.sums }));
      expect(error).toMatchObject({
        code: 'TABLE_UNVERIFIED',
        details: [{ column: 'price', sum: 'sum', source: '1282.50', warehouse: '1283.50' }],
      });
      expect(`${error}`).toContain(
        'public.orders is not what the source held: column "price", sum: 1282.50 in the source, 1283.50 in the warehouse.',
      );
      expect(await trial.rows(ORDERS)).toHaveLength(100);
      expect(await trial.ledger()).toEqual([standing.load_id]);
    });

    test('rows that were read must be in the parts or in quarantine', async () => {
      await using trial = await make();
      const error = await thrown(commit(trial, { ...(await orders(trial)), rows_read: 131 }));
      expect(error).toMatchObject({
        code: 'TABLE_UNVERIFIED',
        details: [{ sum: 'rows read without bad rows', source: '131', warehouse: '130' }],
      });
    });

    test('the md5 of every row sees what sums do not: two values that changed places', async () => {
      await using trial = await make();
      const pairs = (first: string, second: string) => [`select * from (values (1, '${first}'), (2, '${second}'), (3, 'a'), (4, 'z')) v(id, name)`];
      const common = { columns: { id: 'INTEGER', name: 'VARCHAR' }, checksum: true };
      const source = await orders(trial, { ...common, parts: pairs('x', 'y') });
      const swapped = await orders(trial, { ...common, parts: pairs('y', 'x') });
      await expect(commit(trial, { ...swapped, sums: source.sums }, { verify: 'full' })).rejects.toThrow('checksum: ');
      expect(await commit(trial, source, { verify: 'full' })).toMatchObject({ verified: true, verify: 'full' });
    });

    test('parts that are gone are told apart from a table that differs, and lose nothing', async () => {
      await using trial = await make();
      await commit(trial, await orders(trial, { parts: [ROWS] }));
      const extract = await orders(trial);
      const gone = extract.parts.map((part) => ({ ...part, file: `${part.file}.gone` }));
      expect(await thrown(commit(trial, { ...extract, parts: gone }))).toMatchObject({ code: 'PARTS_MISSING' });
      const longer = extract.parts.map((part) => ({ ...part, rows: 99 }));
      expect(await thrown(commit(trial, { ...extract, parts: longer }))).toMatchObject({ code: 'PARTS_MISSING' });
      expect(await trial.rows(ORDERS)).toHaveLength(100);
    });

    test('bad rows stand in quarantine, in the place of those of earlier loads of the table', async () => {
      await using trial = await make();
      await commit(trial, await orders(trial, { name: 'others', quarantined: [[9, 'not a number']], bad_row_share: 0.01 }));
      await commit(trial, await orders(trial, { quarantined: [[1, 'too long']], bad_row_share: 0.01 }));
      const bad: [number, string][] = [
        [5, 'not a date'],
        [8, 'too many columns'],
      ];
      const latest = await orders(trial, { quarantined: bad, bad_row_share: 0.1 });
      expect(await commit(trial, latest)).toMatchObject({ verified: true, rows_read: 132, rows_loaded: 130, rows_quarantined: 2 });
      const { load_id } = latest;
      expect(await trial.quarantine(ORDERS)).toMatchObject([
        { load_id, line: 5, reason: 'not a date' },
        { load_id, line: 8, reason: 'too many columns' },
      ]);
      expect(await trial.quarantine({ schema: 'public', name: 'others' })).toHaveLength(1);
    });

    test('a table with more bad rows than its share is loaded, but not verified', async () => {
      await using trial = await make();
      const load = await commit(trial, await orders(trial, { quarantined: [[1, 'not a date']] }));
      expect(load).toMatchObject({ outcome: 'committed', verified: false, rows_loaded: 130 });
      expect(load.notes).toEqual(['1 of 131 rows (0.763%) are in quarantine; up to 0.1% would count as verified.']);
    });

    test('names are what they are in the source: quotes, spaces, capitals, words of SQL', async () => {
      await using trial = await make();
      const columns = { 'Cost "Total" $': 'INTEGER', select: 'VARCHAR', 'ÄÖ Ü': 'DATE' };
      const parts = [`select 1 as "Cost ""Total"" $", 'x' as "select", date '2026-01-01' as "ÄÖ Ü"`];
      const odd = { schema: 'my "schema"', name: "table's" };
      expect(destinationAt(trial.address).placeFault('t', odd)).toBe(null);
      expect(await commit(trial, await orders(trial, { columns, parts, ...odd }))).toMatchObject({ verified: true });
      expect(await trial.rows(odd)).toEqual([['1', 'x', '2026-01-01']]);
      expect(await present(trial)).toMatchObject([odd]);
    });

    test('values of every type are what they were, with their sums and the md5 of their rows', async () => {
      await using trial = await make();
      const types = Object.entries(VALUES);
      const columns = Object.fromEntries(types.map(([type], index) => [`c${index}`, type]));
      const row = types.map(([type, value], index) => `(${value})::${type} as c${index}`).join(', ');
      const nulls = types.map(([type], index) => `null::${type} as c${index}`).join(', ');
      const extract = await orders(trial, { columns, parts: [`select ${row}`, `select ${nulls}`], checksum: true });
      expect(await commit(trial, extract, { verify: 'full' })).toMatchObject({ verified: true, rows_loaded: 2 });
      for (const column of extract.plan.columns) expect(destinationAt(trial.address).typeOf(column, 'csv')).not.toBe('');
    });

    test('a table of another source is replaced only when that is asked', async () => {
      await using trial = await make();
      await commit(trial, await orders(trial, { parts: [ROWS], source: 'one' }));
      expect(await thrown(commit(trial, await orders(trial, { source: 'two' })))).toMatchObject({ code: 'CONFLICT' });
      expect(await trial.rows(ORDERS)).toHaveLength(100);
      expect(await commit(trial, await orders(trial, { source: 'two' }), { overwrite: true })).toMatchObject({ outcome: 'committed' });
    });

    test('a load that is stopped leaves what was there', async () => {
      await using trial = await make();
      await commit(trial, await orders(trial, { parts: [ROWS] }));
      const controller = new AbortController();
      const progress = () => setImmediate(() => controller.abort(new Error('cancelled')));
      const big = await orders(trial, { parts: ["select i as id, 'n' as name, 1::decimal(10,2) as price from range(400000) r(i)"] });
      await expect(commit(trial, big, { context: { ...quietContext(controller.signal), progress } })).rejects.toThrow('cancelled');
      expect(await trial.rows(ORDERS)).toHaveLength(100);
      expect(await commit(trial, big)).toMatchObject({ outcome: 'committed', rows_loaded: 400_000 });
    });

    test('a commit that is killed at any moment leaves the old table or the new one, and the next try ends it', {
      timeout: seconds(120),
    }, async () => {
      await using trial = await make();
      const { address, folder } = trial;
      const seen = async () => {
        const [row]: Row[] = await destinationAt(address).query(
          'select min(generation) as least, max(generation) as most, count(*) as all_rows, sum(id) as ids from public.orders',
        );
        return [row?.['least'], row?.['most'], row?.['all_rows'], row?.['ids']].map(Number);
      };
      const whole = (number: number) => [number, number, GENERATION.rows, GENERATION.ids];
      let before = await generation(folder, 0);
      const duration = await commitAndKill({ folder, address, extract: before, token: 1, afterMs: 60_000 });
      expect(await seen()).toEqual(whole(0));
      const outcomes: string[] = [];
      for (let number = 1; number <= 5; number++) {
        const extract = await generation(folder, number);
        // The first one at once, so that one at least is killed before its end, whatever the machine does meanwhile.
        await commitAndKill({ folder, address, extract, token: number * 2, afterMs: duration * 0.3 * (number - 1) });
        // Its server may end the commit of a process that is gone: table and ledger are looked at as they are at one moment.
        const { latest, rows } = await atOneMoment(trial, seen);
        const isNew = latest === extract.load_id;
        if (!isNew) expect(latest).toBe(before.load_id);
        expect(rows).toEqual(whole(isNew ? number : number - 1));
        const { outcome } = await commit(trial, extract, { token: number * 2 + 1 });
        expect(isNew ? ['already'] : ['committed', 'already']).toContain(outcome);
        expect(await seen()).toEqual(whole(number));
        expect(await trial.ledger()).toMatchObject({ 0: extract.load_id });
        outcomes.push(outcome);
        before = extract;
      }
      expect(outcomes).toContain('committed');
    });

    test('when the tables of a job are there, they are looked at again and told; nothing is left to tidy', async () => {
      await using trial = await make();
      await commit(trial, await orders(trial));
      const facts = await destinationAt(trial.address).publish(quietContext());
      expect(facts).toMatchObject({ checks: [{ table: 'public.orders', equal: true }], present: [{ ...ORDERS, rows: 130 }] });
      expect(facts.bytes).toBeGreaterThan(0);
      expect(await destinationAt(trial.address).tidy(quietContext())).toEqual([]);
    });
  });
}
