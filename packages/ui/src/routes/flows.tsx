import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { flows } from '../api/flows.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { SearchField } from '../components/base/search-field.tsx';
import { FlowTable } from '../components/flows/flow-table.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { useAddress, useChangeAddress } from '../lib/address.ts';
import { searchOf, text } from '../lib/search.ts';

const flowsSearch = searchOf({ name: text });
type FlowsSearch = ReturnType<typeof flowsSearch>;

/** All flows, with how their runs went. */
export function Flows() {
  const { name, faults } = useAddress(flowsSearch);
  const change = useChangeAddress<FlowsSearch>();
  const list = useQuery({ ...flows.list(name ? { flows: { name: { like_: name } } } : {}), placeholderData: keepPreviousData });
  return (
    <>
      <PageHead title="Flows" about="Functions that are run, each with its tasks." />
      <SearchFaults faults={faults} />
      <Card flush actions={<SearchField label="A part of the name" value={name ?? ''} onChange={(text) => change({ name: text || undefined })} />}>
        <Answer of={list} height={400}>
          {(rows) => (
            <FlowTable
              flows={rows}
              empty={
                name ? (
                  <Empty title="No flow has such a name">
                    <Link to="/flows">Show all flows</Link>
                  </Empty>
                ) : (
                  <Empty title="No flow yet" command="npx sluice deploy">
                    A flow appears here when it is deployed, or run.
                  </Empty>
                )
              }
            />
          )}
        </Answer>
      </Card>
    </>
  );
}
