import { X } from 'lucide-react';
import { timeText } from '../../lib/format.ts';
import styles from './filter-chips.module.css';
import type { RunsSearch } from './runs-search.ts';

interface FilterChipsProps {
  readonly search: RunsSearch;
  readonly names: { readonly flow: string | undefined; readonly deployment: string | undefined };
  readonly onChange: (change: { readonly [N in keyof RunsSearch]?: undefined }) => void;
}

/** Filters that came with the address and have no field of their own; each can be taken away. */
export function FilterChips({ search: { pool, tag, after, before }, names, onChange }: FilterChipsProps) {
  const chips: readonly [keyof RunsSearch, string, string | undefined][] = [
    ['flow', 'flow', names.flow],
    ['deployment', 'deployment', names.deployment],
    ['pool', 'work pool', pool],
    ['tag', 'tag', tag],
    ['after', 'due from', after && timeText(after, 'local')],
    ['before', 'due before', before && timeText(before, 'local')],
  ];
  const shown = chips.filter(([, , value]) => value !== undefined);
  if (shown.length === 0) return null;
  return (
    <ul className={styles['chips']} aria-label="Filters">
      {shown.map(([name, label, value]) => (
        <li key={name}>
          <span className="quiet">{label}</span> {value}
          <button type="button" aria-label={`Without ${label} ${value}`} onClick={() => onChange({ [name]: undefined })}>
            <X size={13} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
