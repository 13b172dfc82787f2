import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { workPools } from '../../api/work-pools.ts';
import { useAddress, useChangeAddress } from '../../lib/address.ts';
import { oneOf, searchOf } from '../../lib/search.ts';
import { Answer } from '../base/answer.tsx';
import { Card } from '../base/card.tsx';
import { Segments } from '../base/segments.tsx';
import { When } from '../base/when.tsx';
import { WAITS_HEIGHT } from './waits-height.ts';

const WaitsChart = lazy(async () => ({ default: (await import('./waits-chart.tsx')).WaitsChart }));

const waitsSearch = searchOf({ over: oneOf(['hour', 'day']) });

/** The chart with its legend. */
const HEIGHT = WAITS_HEIGHT + 32;

/** Whether a pool keeps up: how many of its runs waited for their start, and how long, over the last hour or day. */
export function Waits({ pool }: { readonly pool: string }) {
  const { over = 'hour' } = useAddress(waitsSearch);
  const change = useChangeAddress<{ over?: 'day' | undefined }>();
  const waits = useQuery(workPools.waits(pool, over));
  return (
    <Card
      title="From due to start"
      actions={
        <Segments
          label="Over"
          value={over}
          choices={{ hour: 'Hour', day: 'Day' }}
          onChange={(value) => change({ over: value === 'day' ? 'day' : undefined })}
        />
      }
    >
      <Answer of={waits} height={HEIGHT}>
        {({ intervals, reached }) => (
          <>
            <Suspense fallback={<div style={{ height: HEIGHT }} />}>
              <WaitsChart intervals={intervals} />
            </Suspense>
            {reached && (
              <p className="quiet">
                So many runs started that they were looked at back to <When at={reached} /> only.
              </p>
            )}
          </>
        )}
      </Answer>
    </Card>
  );
}
