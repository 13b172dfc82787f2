import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type TableLoad, tableLoads, type WholeTableLoad } from '../api/table-loads.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty, Note } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { ColumnsTable } from '../components/tables/columns-table.tsx';
import { History } from '../components/tables/history.tsx';
import { LastLoad } from '../components/tables/last-load.tsx';
import { LoadAgain } from '../components/tables/load-again.tsx';
import { PreviewTable } from '../components/tables/preview-table.tsx';
import { Quarantine } from '../components/tables/quarantine.tsx';
import { Started } from '../components/tables/started.tsx';
import { useAddress, usePart } from '../lib/address.ts';
import { searchOf, text } from '../lib/search.ts';

const tableSearch = searchOf({ warehouse: text });

/** One table: its last load, its history, its columns, its first rows, and what could not be kept. */
export function TablePage() {
  const name = usePart('name');
  const { warehouse, faults } = useAddress(tableSearch);
  const loads = useQuery(tableLoads.ofTable(name, warehouse));
  return (
    <Answer of={loads} height={600}>
      {([newest, ...older]) => (
        <>
          <SearchFaults faults={faults} />
          {newest ? <Loaded key={newest.warehouse} newest={newest} older={older} /> : <NotLoaded name={name} />}
        </>
      )}
    </Answer>
  );
}

interface LoadedProps {
  readonly newest: TableLoad;
  readonly older: readonly TableLoad[];
}

function Loaded({ newest, older }: LoadedProps) {
  const load = useQuery({ ...tableLoads.one(newest.id), placeholderData: keepPreviousData });
  const [started, setStarted] = useState<string>();
  // Without a warehouse in the address the name may stand for tables of several.
  const all = [newest, ...older.filter(({ warehouse }) => warehouse === newest.warehouse)];
  const last = all.find(({ replay_of }) => replay_of === null);
  const again = load.data && last && <LoadAgain load={load.data} last={last} onStart={setStarted} />;
  return (
    <>
      <PageHead title={newest.table} within={{ to: '/tables', title: 'Tables' }} about={<code>{newest.warehouse}</code>} actions={again} />
      {started && <Started id={started} />}
      <Answer of={load} height={500}>
        {(whole) => <Parts load={whole} all={all} onStart={setStarted} />}
      </Answer>
    </>
  );
}

interface PartsProps {
  readonly load: WholeTableLoad;
  readonly all: readonly TableLoad[];
  readonly onStart: (flowRunId: string) => void;
}

function Parts({ load, all, onStart }: PartsProps) {
  const { details } = load;
  return (
    <>
      <LastLoad load={load} />
      <History loads={all} />
      {details && details.notes.length > 0 && (
        <Note>
          <ul>
            {[...new Set(details.notes)].map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Note>
      )}
      {load.rows_quarantined > 0 && <Quarantine load={load} onStart={onStart} />}
      {details && (
        <Card title="Columns" flush>
          <ColumnsTable details={details} />
        </Card>
      )}
      {details && details.preview.rows.length > 0 && (
        <Card title="First rows" flush>
          <PreviewTable preview={details.preview} />
        </Card>
      )}
    </>
  );
}

function NotLoaded({ name }: { readonly name: string }) {
  return (
    <>
      <PageHead title={name} within={{ to: '/tables', title: 'Tables' }} />
      <Card>
        <Empty title="No load of this table is known" command={`npx sluice etl --only '${name}'`}>
          A table appears here when a job has loaded it.
        </Empty>
      </Card>
    </>
  );
}
