import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { flowRuns } from '../api/flow-runs.ts';
import { useRunPages } from '../api/use-run-pages.ts';
import { sluice } from '../components/acts/call-text.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { CopyLine } from '../components/base/copy-line.tsx';
import { More } from '../components/base/more.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { SearchField } from '../components/base/search-field.tsx';
import { Segments } from '../components/base/segments.tsx';
import { BulkActs } from '../components/flow-runs/bulk-acts.tsx';
import { toFilter } from '../components/flow-runs/filter.ts';
import { FilterChips } from '../components/flow-runs/filter-chips.tsx';
import { RunPicture } from '../components/flow-runs/run-picture.tsx';
import { RunTable } from '../components/flow-runs/run-table.tsx';
import { RUN_SORTS, type RunsSearch, runsSearch, SORT_LABELS } from '../components/flow-runs/runs-search.ts';
import { useFilterNames } from '../components/flow-runs/use-filter-names.ts';
import { SearchFaults } from '../components/search-faults.tsx';
import { useAddress, useChangeAddress } from '../lib/address.ts';
import { bounded } from '../lib/format.ts';
import { STATE_GROUP_NAMES, STATE_GROUPS, type StateGroup, sumOfGroup } from '../lib/states.ts';
import styles from './runs.module.css';

/** All runs, as the address filters them. */
export function Runs() {
  const search = useAddress(runsSearch);
  const change = useChangeAddress<RunsSearch>();
  const names = useFilterNames(search);
  const filter = toFilter(search);
  const { answer, more, isAsking, goOn } = useRunPages({ ...filter, sort: RUN_SORTS[search.sort ?? 'newest'] });
  const summary = useQuery(flowRuns.summary(toFilter({ ...search, state: undefined })));
  const isFiltered = Object.keys(search).some((name) => name !== 'sort' && name !== 'faults');
  const states = summary.data ?? [];
  const sums = Object.fromEntries(STATE_GROUP_NAMES.map((group) => [group, sumOfGroup(states, group)])) as Record<
    StateGroup,
    ReturnType<typeof sumOfGroup>
  >;
  const all = { count: Object.values(sums).reduce((sum, { count }) => sum + count, 0), more: Object.values(sums).some(({ more }) => more) };
  const labelOf = (label: string, sum: typeof all) => (summary.data && sum.count > 0 ? `${label} ${bounded(sum)}` : label);
  return (
    <>
      <PageHead
        title="Runs"
        actions={<BulkActs filter={filter} found={search.state ? sums[search.state] : all} commandOf={(verb) => commandOf(verb, search, names)} />}
      />
      <SearchFaults faults={search.faults} />
      <FilterChips search={search} names={names} onChange={change} />
      <RunPicture runs={answer.data} more={more} />
      <Card
        flush
        title={
          <Segments
            label="State"
            value={search.state ?? 'all'}
            choices={{
              all: labelOf('All', all),
              ...Object.fromEntries(STATE_GROUP_NAMES.map((group) => [group, labelOf(STATE_GROUPS[group].label, sums[group])])),
            }}
            onChange={(state) => change({ state: state === 'all' ? undefined : (state as StateGroup) })}
          />
        }
        actions={
          <>
            <label className={styles['sort']}>
              <span className="hidden-text">Order</span>
              <select
                value={search.sort ?? 'newest'}
                onChange={({ target }) => change({ sort: target.value === 'newest' ? undefined : (target.value as keyof typeof RUN_SORTS) })}
              >
                {Object.entries(SORT_LABELS).map(([sort, label]) => (
                  <option key={sort} value={sort}>
                    {label}
                  </option>
                ))}
              </select>
            </label>
            <SearchField label="A part of the name" value={search.name ?? ''} onChange={(name) => change({ name: name || undefined })} />
          </>
        }
      >
        <Answer of={answer} height={400}>
          {(rows) => <RunTable label="Runs" runs={rows} empty={more ? undefined : <NoRuns isFiltered={isFiltered} />} />}
        </Answer>
        <More more={more} isAsking={isAsking} goOn={goOn} />
      </Card>
      <CopyLine text={commandOf('ls', search, names)} label="Copy as a command" />
    </>
  );
}

function NoRuns({ isFiltered }: { readonly isFiltered: boolean }) {
  return isFiltered ? (
    <Empty title="No run matches">
      <Link to="/runs">Show all runs</Link>
    </Empty>
  ) : (
    <Empty title="No run yet" command="npx sluice deployment run FLOW/DEPLOYMENT">
      Run a deployment, and it appears here.
    </Empty>
  );
}

/** The same filter on the command line. */
function commandOf(verb: string, { state, name, tag, after, before, pool }: RunsSearch, names: ReturnType<typeof useFilterNames>): string {
  const types = state ? STATE_GROUPS[state].types.flatMap((type) => ['--state-type', type]) : [];
  const given = {
    '--flow-name': names.flow,
    '--deployment': names.deployment,
    '--pool': pool,
    '--tag': tag,
    '--name': name,
    '--after': after,
    '--before': before,
  };
  return sluice('flow-run', verb, ...types, ...Object.entries(given).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])));
}
