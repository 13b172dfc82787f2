import { Link } from '@tanstack/react-router';
import type { Overview } from '../../api/overview.ts';
import { count } from '../../lib/format.ts';
import { STATE_GROUP_NAMES, STATE_GROUPS, type StateGroup, TONE_OF_GROUP } from '../../lib/states.ts';
import styles from './history-bars.module.css';

/** How the groups lie over each other, the worst at the bottom where it is seen. */
const ORDER: readonly StateGroup[] = ['failed', 'cancelled', 'running', 'queued', 'completed'];

/** Hours between two labels. */
const EVERY = 4;

/** Runs by hour and state, the last day: a bar is a link to its runs. */
export function HistoryBars({ history }: { readonly history: Overview['history'] }) {
  const hours = history.map(({ interval_start, interval_end, states }) => {
    const parts = ORDER.map((group) => {
      const types: readonly string[] = STATE_GROUPS[group].types;
      return { group, runs: states.reduce((sum, state) => sum + (types.includes(state.state_type) ? state.count_runs : 0), 0) };
    });
    return { from: interval_start, to: interval_end, parts, runs: parts.reduce((sum, { runs }) => sum + runs, 0) };
  });
  const most = Math.max(1, ...hours.map(({ runs }) => runs));
  return (
    <figure className={styles['figure']}>
      <div className={styles['bars']}>
        {hours.map(({ from, to, parts, runs }) => (
          <Link
            key={from}
            to="/runs"
            search={{ after: from, before: to } as never}
            className={styles['hour']}
            aria-label={labelOf(from, parts, runs)}
            title={labelOf(from, parts, runs)}
          >
            {parts
              .filter((part) => part.runs > 0)
              .map(({ group, runs: part }) => (
                <span key={group} className={styles['part']} data-tone={TONE_OF_GROUP[group]} style={{ height: `${(part / most) * 100}%` }} />
              ))}
          </Link>
        ))}
      </div>
      <div className={styles['axis']} aria-hidden="true">
        {hours.map(({ from }, index) => (
          <span key={from}>{index % EVERY === EVERY - 1 ? hourText(from) : ''}</span>
        ))}
      </div>
      <figcaption className={styles['legend']}>
        {STATE_GROUP_NAMES.map((group) => (
          <span key={group} data-tone={TONE_OF_GROUP[group]}>
            {STATE_GROUPS[group].label}
          </span>
        ))}
        <span className={styles['most']}>most in an hour: {count(most)}</span>
      </figcaption>
    </figure>
  );
}

const hourText = (instant: string) => `${String(new Date(instant).getHours()).padStart(2, '0')}:00`;

function labelOf(from: string, parts: readonly { readonly group: StateGroup; readonly runs: number }[], runs: number): string {
  const said = parts.filter((part) => part.runs > 0).map((part) => `${count(part.runs)} ${STATE_GROUPS[part.group].label.toLowerCase()}`);
  return `${hourText(from)}: ${runs === 0 ? 'no run' : said.join(', ')}`;
}
