import { useQuery } from '@tanstack/react-query';
import { type TableLoad, tableLoads } from '../api/table-loads.ts';
import { useAddress, usePart } from '../app/address.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty, Note } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { ColumnsTable } from '../components/tables/columns-table.tsx';
import { History } from '../components/tables/history.tsx';
import { LastLoad } from '../components/tables/last-load.tsx';
import { PreviewTable } from '../components/tables/preview-table.tsx';
import { Quarantine } from '../components/tables/quarantine.tsx';
import { searchOf, text } from '../lib/search.ts';

const tableSearch = searchOf({ warehouse: text });

/** One table: its last load, its history, its columns, its first rows, and what could not be kept. */
export function TablePage() {
  const name = usePart('name');
  const { warehouse, faults } = useAddress(tableSearch);
  const loads = useQuery(tableLoads.ofTable(name, warehouse));
  const newest = loads.data?.[0];
  return (
    <>
      <PageHead
        title={name}
        within={{ to: '/tables', title: 'Tables' }}
        about={newest && `As ${newest.source ?? 'its source'} had it, loaded into ${newest.warehouse}`}
      />
      <SearchFaults faults={faults} />
      <Answer of={loads} height={500}>
        {(all) => (all[0] ? <Loaded newest={all[0]} all={all} /> : <NotLoaded name={name} />)}
      </Answer>
    </>
  );
}

function Loaded({ newest, all }: { readonly newest: TableLoad; readonly all: readonly TableLoad[] }) {
  const load = useQuery(tableLoads.one(newest.id));
  // Without a warehouse in the address the name may stand for tables of several.
  const history = all.filter(({ warehouse }) => warehouse === newest.warehouse);
  return (
    <Answer of={load} height={500}>
      {(whole) => (
        <>
          <LastLoad load={whole} />
          <History loads={history} />
          {whole.details && whole.details.notes.length > 0 && (
            <Note>
              <ul>
                {whole.details.notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            </Note>
          )}
          {whole.rows_quarantined > 0 && <Quarantine load={whole} />}
          {whole.details && (
            <Card title="Columns" flush>
              <ColumnsTable details={whole.details} />
            </Card>
          )}
          {whole.details && whole.details.preview.rows.length > 0 && (
            <Card title="First rows" flush>
              <PreviewTable preview={whole.details.preview} />
            </Card>
          )}
        </>
      )}
    </Answer>
  );
}

function NotLoaded({ name }: { readonly name: string }) {
  return (
    <Card>
      <Empty title="No load of this table is known" command={`npx sluice etl --only '${name}'`}>
        A table appears here when a job has loaded it.
      </Empty>
    </Card>
  );
}
