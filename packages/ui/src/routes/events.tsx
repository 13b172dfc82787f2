import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useEventPages } from '../api/events.ts';
import { useLiveEvents } from '../api/use-live.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { More } from '../components/base/more.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { SearchField } from '../components/base/search-field.tsx';
import { Segments } from '../components/base/segments.tsx';
import { EventList } from '../components/events/event-list.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { useAddress, useChangeAddress } from '../lib/address.ts';
import { oneOf, searchOf, text } from '../lib/search.ts';

const SPANS = { hour: 'Hour', day: 'Day', week: 'Week', all: 'All' } as const;
type Span = keyof typeof SPANS;
const HOURS: { readonly [S in Span]?: number } = { hour: 1, day: 24, week: 168 };

const eventsSearch = searchOf({ name: text, resource: text, span: oneOf(['hour', 'day', 'week', 'all']) });
type EventsSearch = ReturnType<typeof eventsSearch>;

/** What happened, of all kinds. */
export function Events() {
  const { name, resource, span = 'day', faults } = useAddress(eventsSearch);
  const change = useChangeAddress<EventsSearch>();
  useLiveEvents();
  const filter = useMemo(() => {
    const hours = HOURS[span];
    // The end is far away: what comes while somebody looks is within.
    const until = new Date(Date.now() + 86_400_000).toISOString();
    return {
      occurred: { ...(hours !== undefined && { since: new Date(Date.now() - hours * 3_600_000).toISOString() }), until },
      ...(name && { event: { prefix: [name] } }),
      ...(resource && { any_resource: { id_prefix: [resource] } }),
    };
  }, [name, resource, span]);
  const { answer, ...pages } = useEventPages(filter);
  const isFiltered = name !== undefined || resource !== undefined || span !== 'all';
  return (
    <>
      <PageHead title="Events" about="What happened: of the server, and what flows and other programs tell it." />
      <SearchFaults faults={faults} />
      <Card
        flush
        title={
          <Segments label="Time" value={span} choices={SPANS} onChange={(next) => change({ span: next === 'day' ? undefined : (next as Span) })} />
        }
        actions={
          <>
            <SearchField label="Beginning of the name" value={name ?? ''} onChange={(text) => change({ name: text || undefined })} />
            <SearchField label="Beginning of a resource" value={resource ?? ''} onChange={(text) => change({ resource: text || undefined })} />
          </>
        }
      >
        <Answer of={answer} height={400}>
          {(events) =>
            events.length > 0 ? (
              <EventList events={events} />
            ) : isFiltered ? (
              <Empty title="No event matches">
                <Link to="/events" search={{ span: 'all' } as never}>
                  Show all events
                </Link>
              </Empty>
            ) : (
              <Empty title="No event yet">Runs that change their states make some, and programs send their own.</Empty>
            )
          }
        </Answer>
        <More {...pages} />
      </Card>
    </>
  );
}
