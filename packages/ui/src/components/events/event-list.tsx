import type { Json } from '@sluice/core/lib/json';
import type { Event } from '../../api/events.ts';
import { JsonView } from '../base/json-view.tsx';
import { When } from '../base/when.tsx';
import styles from './event-list.module.css';
import { ResourceLink } from './resource-link.tsx';

const idOf = (labels: Event['resource']) => labels['prefect.resource.id'] ?? '';
const nameOf = (labels: Event['resource']) => labels['prefect.resource.name'];

/** What happened, one below the other; each opens to all that it says. */
export function EventList({ events }: { readonly events: readonly Event[] }) {
  return (
    <ul className={styles['list']} aria-label="Events">
      {events.map((event) => (
        <li key={event.id} data-event={event.id}>
          <div className={styles['line']}>
            <span className={styles['when']}>
              <When at={event.occurred} />
            </span>
            <code className={styles['name']}>{event.event}</code>
            <span className={styles['resource']}>
              <ResourceLink id={idOf(event.resource)} name={nameOf(event.resource)} />
            </span>
          </div>
          {event.related.length > 0 && (
            <p className={styles['related']}>
              {event.related.map((labels, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: one resource may stand there twice, and none is moved
                <span key={index}>
                  <span className="quiet">{labels['prefect.resource.role']}</span> <ResourceLink id={idOf(labels)} name={nameOf(labels)} />
                </span>
              ))}
            </p>
          )}
          <details>
            <summary className="quiet">All of it</summary>
            <JsonView value={event as unknown as Json} />
          </details>
        </li>
      ))}
    </ul>
  );
}
