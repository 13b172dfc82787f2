import { useQuery } from '@tanstack/react-query';
import { type TableLoad, tableLoads } from '../api/table-loads.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { TableList } from '../components/tables/table-list.tsx';
import { count } from '../lib/format.ts';

/** Tables of the warehouses, each as its newest load has left it. */
export function Tables() {
  const loads = useQuery(tableLoads.newest());
  const byWarehouse = Map.groupBy(loads.data ?? [], ({ warehouse }) => warehouse);
  return (
    <>
      <PageHead title="Tables" about="What jobs of @sluice/etl have loaded into a warehouse, and what of it is in quarantine." />
      <Answer of={loads} height={400}>
        {(all) =>
          all.length === 0 ? (
            <Card>
              <Empty title="No table is loaded yet" command="npx sluice etl">
                Load tables into a warehouse, and they appear here. In a clone of Sluice <code>npm run etl</code> loads the 20 tables of the demo.
              </Empty>
            </Card>
          ) : (
            [...byWarehouse].map(([warehouse, tables]) => (
              <Card key={warehouse} flush title={<code>{warehouse}</code>} actions={<span className="quiet">{totalOf(tables)}</span>}>
                <TableList loads={tables} empty={null} />
              </Card>
            ))
          )
        }
      </Answer>
    </>
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
