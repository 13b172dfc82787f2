import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { flowRuns } from '../api/flow-runs.ts';
import { useAddress, useChangeAddress } from '../app/address.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { CopyLine } from '../components/base/copy-line.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { SearchField } from '../components/base/search-field.tsx';
import { Segments } from '../components/base/segments.tsx';
import { toFilter } from '../components/flow-runs/filter.ts';
import { RunTable } from '../components/flow-runs/run-table.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { STATE_GROUPS, type StateGroup } from '../lib/states.ts';
import { RUN_SORTS, type RunsSearch, runsSearch } from './runs-search.ts';

const PAGE = 100;

/** All runs, as the address filters them. */
export function Runs() {
  const search = useAddress(runsSearch);
  const change = useChangeAddress<RunsSearch>();
  const filter = toFilter(search);
  const [limit] = useState(PAGE);
  const runs = useQuery({
    ...flowRuns.list({ ...filter, sort: RUN_SORTS[search.sort ?? 'newest'], limit }),
    placeholderData: keepPreviousData,
  });
  const isFiltered = Object.keys(search).some((name) => name !== 'sort' && name !== 'faults');
  return (
    <>
      <PageHead title="Runs" />
      <SearchFaults faults={search.faults} />
      <Card
        flush
        title={
          <Segments
            label="State"
            value={search.state ?? 'all'}
            choices={{ all: 'All', ...Object.fromEntries(Object.entries(STATE_GROUPS).map(([name, { label }]) => [name, label])) }}
            onChange={(state) => change({ state: state === 'all' ? undefined : (state as StateGroup) })}
          />
        }
        actions={<SearchField label="A part of the name" value={search.name ?? ''} onChange={(name) => change({ name: name || undefined })} />}
      >
        <Answer of={runs} height={400}>
          {(rows) => (
            <RunTable
              label="Runs"
              runs={rows}
              empty={
                isFiltered ? (
                  <Empty title="No run matches">
                    <Link to="/runs">Show all runs</Link>
                  </Empty>
                ) : (
                  <Empty title="No run yet" command="npx sluice deployment run FLOW/DEPLOYMENT">
                    Run a deployment, and it appears here.
                  </Empty>
                )
              }
            />
          )}
        </Answer>
      </Card>
      <CopyLine text={commandOf(search)} label="Copy as a command" />
    </>
  );
}

/** The same list on the command line. */
function commandOf({ state, name, flow, tag }: RunsSearch): string {
  const parts = ['sluice flow-run ls'];
  if (state) for (const type of STATE_GROUPS[state].types) parts.push(`--state ${type}`);
  if (name) parts.push(`--name ${JSON.stringify(name)}`);
  if (tag) parts.push(`--tag ${JSON.stringify(tag)}`);
  if (flow) parts.push(`--flow ${flow}`);
  return parts.join(' ');
}
