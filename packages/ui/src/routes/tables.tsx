import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { MOST, type TableLoad, tableLoads } from '../api/table-loads.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty, Note } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { SearchField } from '../components/base/search-field.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { TableList } from '../components/tables/table-list.tsx';
import { useAddress, useChangeAddress } from '../lib/address.ts';
import { count } from '../lib/format.ts';
import { searchOf, text } from '../lib/search.ts';

const tablesSearch = searchOf({ name: text });

/** Tables of the warehouses, each as its newest load has left it. */
export function Tables() {
  const { name, faults } = useAddress(tablesSearch);
  const change = useChangeAddress<{ name: string }>();
  const loads = useQuery({ ...tableLoads.newest(name), placeholderData: keepPreviousData });
  const search = <SearchField label="A part of the name" value={name ?? ''} onChange={(part) => change({ name: part || undefined })} />;
  return (
    <>
      <PageHead title="Tables" about="What jobs of @sluice/etl have loaded into a warehouse, and what of it is in quarantine." actions={search} />
      <SearchFaults faults={faults} />
      <Answer of={loads} height={400}>
        {(all) => (all.length === 0 ? <NoTable name={name} /> : <Warehouses loads={all} />)}
      </Answer>
    </>
  );
}

function Warehouses({ loads }: { readonly loads: readonly TableLoad[] }) {
  const byWarehouse = Map.groupBy(loads, ({ warehouse }) => warehouse);
  return (
    <>
      {loads.length === MOST && <Note>These are the first {MOST} tables: search for others by a part of their name.</Note>}
      {[...byWarehouse].map(([warehouse, tables]) => (
        <Card key={warehouse} flush title={<code>{warehouse}</code>} actions={<span className="quiet">{totalOf(tables)}</span>}>
          <TableList loads={tables} />
        </Card>
      ))}
    </>
  );
}

function NoTable({ name }: { readonly name: string | undefined }) {
  return (
    <Card>
      {name === undefined ? (
        <Empty title="No table is loaded yet" command="npx sluice etl">
          Load tables into a warehouse, and they appear here. In a clone of Sluice <code>npm run etl</code> loads the 20 tables of the demo.
        </Empty>
      ) : (
        <Empty title="No table has such a name">
          <Link to="/tables">Show all tables</Link>
        </Empty>
      )}
    </Card>
  );
}

function totalOf(loads: readonly TableLoad[]): string {
  const sum = (of: (load: TableLoad) => number) => loads.reduce((total, load) => total + of(load), 0);
  const quarantined = sum(({ rows_quarantined }) => rows_quarantined);
  const said = [
    `${count(loads.length)} ${loads.length === 1 ? 'table' : 'tables'}`,
    `${count(sum(({ rows_loaded }) => rows_loaded))} rows`,
    ...(quarantined > 0 ? [`${count(quarantined)} in quarantine`] : []),
  ];
  return said.join(' · ');
}
