import { useQuery } from '@tanstack/react-query';
import { ZoomOut } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { type LogFilter, logHistogram } from '../api/logs.ts';
import { useLiveLogs } from '../api/use-live.ts';
import { Answer } from '../components/base/answer.tsx';
import { Button } from '../components/base/button.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { Segments } from '../components/base/segments.tsx';
import { LogView } from '../components/logs/log-view.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { useAddress, useChangeAddress } from '../lib/address.ts';
import { useNow } from '../lib/now.ts';
import { LOG_SPANS, type LogSpan, type LogsSearch, logsSearch } from './logs-search.ts';

const Histogram = lazy(async () => ({ default: (await import('../components/logs/level-histogram.tsx')).LevelHistogram }));
const HEIGHT = 130;
/** The picture goes on in steps: each is a question. */
const STEP_MS = 10_000;
const INTERVALS = 90;

/** What all runs have said. */
export function Logs() {
  const search = useAddress(logsSearch);
  const change = useChangeAddress<LogsSearch>();
  const now = Math.ceil((useNow() + 1) / STEP_MS) * STEP_MS;
  useLiveLogs();
  const { since, until, span = 'day', level, find } = search;
  const start = since ?? new Date(now - LOG_SPANS[span].ms).toISOString();
  const end = until ?? new Date(now).toISOString();
  const filter: LogFilter = { level, text: find };
  const histogram = useQuery(logHistogram(filter, start, end, INTERVALS));
  const isBrushed = since !== undefined || until !== undefined;
  return (
    <>
      <PageHead title="Logs" about="What all runs have said" />
      <SearchFaults faults={search.faults} />
      <Card
        title="Lines by level"
        actions={
          isBrushed ? (
            <Button icon={ZoomOut} onClick={() => change({ since: undefined, until: undefined, line: undefined })}>
              All of the time
            </Button>
          ) : (
            <Segments
              label="Time"
              value={span}
              choices={Object.fromEntries(Object.entries(LOG_SPANS).map(([name, { label }]) => [name, label]))}
              onChange={(value) => change({ span: value as LogSpan })}
            />
          )
        }
      >
        <Answer of={histogram} height={HEIGHT}>
          {(data) => (
            <Suspense fallback={<div style={{ height: HEIGHT }} />}>
              <Histogram data={data} height={HEIGHT} onBrush={(from, to) => change({ since: from, until: to, line: undefined })} />
            </Suspense>
          )}
        </Answer>
      </Card>
      <LogView
        of={{ since, until }}
        address={search}
        onAddress={change}
        file="sluice"
        since={start}
        sources="runs"
        empty={
          <Empty title="No line yet" command="npm run etl">
            What runs say appears here as it is written.
          </Empty>
        }
      />
    </>
  );
}
