import type { BoardRun as Run } from '@sluice/core/model/board';
import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useState } from 'react';
import { useLiveRun } from '../../api/use-live.ts';
import { IconButton } from '../base/button.tsx';
import { Card } from '../base/card.tsx';
import { Empty } from '../base/notice.tsx';
import { StateBadge } from '../base/state-badge.tsx';
import type { RunSearch } from '../flow-runs/run-search.ts';
import { LogView } from '../logs/log-view.tsx';

const LONG_AGO = '1970-01-01T00:00:00Z';

interface BoardRunProps {
  readonly run: Run;
  readonly onClose: () => void;
}

/** The run of a bar that was chosen, and what it has said. */
export function BoardRun({ run, onClose }: BoardRunProps) {
  const [address, setAddress] = useState<RunSearch>({});
  useLiveRun(run.id);
  return (
    <Card
      title={
        <>
          <Link to="/runs/$id" params={{ id: run.id }}>
            {run.table ?? run.flow_name} / {run.name}
          </Link>{' '}
          <StateBadge run={run} />
        </>
      }
      actions={<IconButton label="All runs again" icon={X} onClick={onClose} />}
    >
      <LogView
        key={run.id}
        of={{ runs: [run.id] }}
        address={address}
        onAddress={(change) => setAddress((before) => ({ ...before, ...change }) as RunSearch)}
        file={run.name}
        sources="tasks"
        since={run.attempts[0]?.claimed ?? LONG_AGO}
        empty={<Empty title="It has said nothing yet" />}
      />
    </Card>
  );
}
