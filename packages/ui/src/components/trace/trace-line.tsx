import { ChevronRight } from 'lucide-react';
import type { Span } from '../../graph/scale.ts';
import { count, span } from '../../lib/format.ts';
import { lookOf, wordOf } from '../../lib/states.ts';
import { StateIcon } from '../base/state-icon.tsx';
import { manyOf, pieceOf, type TraceTimes, timesOf } from './trace-bar.ts';
import styles from './trace-grid.module.css';
import type { TraceRow } from './trace-rows.ts';

interface TraceLineProps {
  readonly id: string;
  readonly row: TraceRow;
  readonly top: number;
  readonly axis: Span;
  readonly now: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onToggle: () => void;
}

/** A row of the trace: its place in the tree, and its bar. */
export function TraceLine({ id, row, top, axis, now, isChosen, onChoose, onToggle }: TraceLineProps) {
  const { node, depth, canOpen, isOpen } = row;
  const look = node.of ? lookOf(node.of) : undefined;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the grid around it has the focus, and names its row
    <div
      id={id}
      className={styles['line']}
      role="treeitem"
      aria-level={depth + 1}
      aria-expanded={canOpen ? isOpen : undefined}
      aria-selected={isChosen}
      style={{ transform: `translateY(${top}px)` }}
      data-tone={look?.tone}
      data-bar={node.of?.id}
      onClick={node.of ? onChoose : onToggle}
    >
      <div className={styles['name']} style={{ paddingLeft: `calc(4px + ${depth} * var(--indent))` }}>
        {canOpen ? (
          <button
            type="button"
            tabIndex={-1}
            className={styles['fold']}
            aria-label={isOpen ? 'Close' : 'Open'}
            aria-expanded={isOpen}
            onClick={(event) => {
              event.stopPropagation();
              onToggle();
            }}
          >
            <ChevronRight size={14} aria-hidden="true" />
          </button>
        ) : (
          <span className={styles['leaf']} />
        )}
        {look && (
          <span className={styles['state']} title={node.of ? wordOf(node.of) : undefined}>
            <StateIcon name={look.icon} size={13} />
          </span>
        )}
        <span className={styles['title']} data-kind={node.kind}>
          {node.name}
        </span>
        {node.kind === 'many' && <span className="quiet">× {count(node.size)}</span>}
        {node.about && <span className={styles['about']}>{node.about}</span>}
      </div>
      <div className={styles['track']}>
        {node.kind === 'many' ? <ManyBar row={row} axis={axis} now={now} /> : <Bar row={row} axis={axis} now={now} />}
      </div>
    </div>
  );
}

interface BarProps {
  readonly row: TraceRow;
  readonly axis: Span;
  readonly now: number;
}

const placed = (from: number, to: number, axis: Span) => {
  const { left, width } = pieceOf(from, to, axis);
  return { left: `${left * 100}%`, width: `${width * 100}%` };
};

function Bar({ row: { node }, axis, now }: BarProps) {
  const { of } = node;
  const times = of && timesOf(of, now);
  if (!of || !times) return null;
  const { queued, start, end } = times;
  return (
    <>
      {queued !== null && (
        <span className={styles['queued']} style={placed(queued, start ?? end, axis)} title={`Queued for ${span((start ?? end) - queued)}`} />
      )}
      {start !== null && (
        <span
          className={styles['bar']}
          data-open={of.end_time === null}
          data-retry={of.state_name === 'AwaitingRetry'}
          style={placed(start, end, axis)}
          title={sayOf(of, times)}
        />
      )}
      {of.tries.slice(1).map((at, index) => (
        <span
          key={at}
          className={styles['try']}
          style={{ left: `${pieceOf(Date.parse(at), Date.parse(at), axis).left * 100}%` }}
          title={`Try ${index + 2}`}
        />
      ))}
      <Length times={times} axis={axis} tries={of.run_count} />
    </>
  );
}

const sayOf = (of: NonNullable<TraceRow['node']['of']>, { start, end }: TraceTimes) => `${wordOf(of)}, ${span(end - (start ?? end))}`;

/** In so small a share of the picture nothing can be written. */
const NO_ROOM = 0.15;

/** How long it took, beside its bar: at the side where there is room. */
function Length({ times: { queued, start, end }, axis, tries }: { readonly times: TraceTimes; readonly axis: Span; readonly tries: number }) {
  const text = `${span(end - (start ?? queued ?? end))}${tries > 1 ? ` · try ${tries}` : ''}`;
  const { left, width } = pieceOf(start ?? queued ?? end, end, axis);
  const isLeft = left + width > 1 - NO_ROOM;
  const edge = queued === null ? left : pieceOf(queued, end, axis).left;
  const at = isLeft ? { right: `${(1 - edge) * 100}%` } : { left: `${(left + width) * 100}%` };
  if (isLeft && edge < NO_ROOM)
    return (
      <span className={styles['inside']} style={{ right: `${Math.max(0, 1 - left - width) * 100}%` }}>
        {text}
      </span>
    );
  return (
    <span className={styles['length']} style={at}>
      {text}
    </span>
  );
}

function ManyBar({ row: { node }, axis, now }: BarProps) {
  const { times, segments } = manyOf(node, now);
  if (!times) return null;
  const from = times.start ?? times.queued ?? times.end;
  return (
    <>
      <span className={styles['many']} style={placed(from, times.end, axis)}>
        {segments.map(({ tone, type, count: size }) => (
          <span key={tone} data-tone={tone} style={{ flexGrow: size }} title={`${count(size)} ${type.toLowerCase()}`} />
        ))}
      </span>
      <Length times={times} axis={axis} tries={1} />
    </>
  );
}
