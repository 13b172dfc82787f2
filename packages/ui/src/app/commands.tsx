import { Autocomplete } from '@base-ui/react/autocomplete';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { deployments } from '../api/deployments.ts';
import { flowRuns } from '../api/flow-runs.ts';
import { flows } from '../api/flows.ts';
import { workPools } from '../api/work-pools.ts';
import styles from './command-palette.module.css';
import { PAGES } from './pages.ts';

interface Target {
  readonly kind: string;
  readonly name: string;
  readonly to: string;
}

const MOST = 6;

/** What a part of a name may mean. */
function useTargets(text: string): readonly Target[] {
  const name = { name: { like_: text } };
  const asked = { enabled: text.length >= 2, placeholderData: keepPreviousData };
  const runs = useQuery({ ...flowRuns.list({ flow_runs: name, limit: MOST, sort: 'ID_DESC' }), ...asked }).data ?? [];
  const allDeployments = useQuery({ ...deployments.list({ deployments: name, limit: MOST }), ...asked }).data ?? [];
  const allFlows = useQuery({ ...flows.list({ flows: name, limit: MOST }), ...asked }).data ?? [];
  const pools = useQuery({ ...workPools.list(), ...asked }).data ?? [];
  const pages = PAGES.map(({ title, path }) => ({ kind: 'Page', name: title, to: path }));
  if (text.length < 2) return pages;
  const isMeant = (target: Target) => target.name.toLowerCase().includes(text.toLowerCase());
  return [
    ...pages,
    ...runs.map((run) => ({ kind: 'Run', name: run.name, to: `/runs/${run.id}` })),
    ...allDeployments.map((each) => ({ kind: 'Deployment', name: each.name, to: `/deployments/${each.id}` })),
    ...allFlows.map((flow) => ({ kind: 'Flow', name: flow.name, to: `/flows/${flow.id}` })),
    ...pools.map((pool) => ({ kind: 'Work pool', name: pool.name, to: `/work-pools/${encodeURIComponent(pool.name)}` })),
  ].filter(isMeant);
}

export function Commands({ onGo }: { readonly onGo: () => void }) {
  const [text, setText] = useState('');
  const targets = useTargets(text.trim());
  const navigate = useNavigate();
  function go(to: string): void {
    onGo();
    void navigate({ to });
  }
  return (
    <Autocomplete.Root
      open
      inline
      items={targets}
      filter={null}
      value={text}
      onValueChange={setText}
      itemToStringValue={({ name }: Target) => name}
      autoHighlight="always"
      keepHighlight
    >
      <Autocomplete.Input
        className={styles['input']}
        aria-label="A part of a name"
        placeholder="A page, or a part of the name of a run, flow, pool …"
      />
      <Autocomplete.Empty className={styles['none']}>Nothing has such a name.</Autocomplete.Empty>
      <Autocomplete.List className={styles['list']}>
        {(target: Target) => (
          <Autocomplete.Item key={target.to} value={target} className={styles['item']} onClick={() => go(target.to)}>
            <span>{target.name}</span>
            <span className="quiet">{target.kind}</span>
          </Autocomplete.Item>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}
