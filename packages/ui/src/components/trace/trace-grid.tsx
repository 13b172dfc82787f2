import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useId, useRef } from 'react';
import type { FlowRun } from '../../api/flow-runs.ts';
import { type Span, ticksOf } from '../../graph/scale.ts';
import { StateBand } from './state-band.tsx';
import { TraceAxis } from './trace-axis.tsx';
import styles from './trace-grid.module.css';
import { TraceLine } from './trace-line.tsx';
import type { TraceRow } from './trace-rows.ts';
import type { TraceNode } from './trace-tree.ts';

export const ROW_HEIGHT = 28;
/** Times on the axis, as it is at first. */
const TICKS = 8;

interface TraceGridProps {
  readonly run: FlowRun;
  readonly rows: readonly TraceRow[];
  readonly axis: Span;
  readonly now: number;
  /** So many times as wide as the page. */
  readonly zoom: number;
  readonly chosen: string | undefined;
  readonly onChoose: (node: TraceNode) => void;
  readonly onToggle: (nodes: readonly TraceNode[], isOpen: boolean) => void;
}

/** The tree and its bars in one box that scrolls both ways; only rows that are seen are in the page. */
export function TraceGrid({ run, rows, axis, now, zoom, chosen, onChoose, onToggle }: TraceGridProps) {
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.node.key ?? index,
    overscan: 12,
    scrollPaddingStart: ROW_HEIGHT,
    scrollPaddingEnd: ROW_HEIGHT,
  });
  const ticks = ticksOf(axis, axisOrigin(run, axis), (axis.to - axis.from) / (TICKS * zoom));
  const at = rows.findIndex(({ node }) => node.key === chosen);

  function goTo(index: number): void {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (!row) return;
    onChoose(row.node);
    virtual.scrollToIndex(rows.indexOf(row));
  }

  function press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[at];
    const keys: { readonly [key: string]: () => void } = {
      ArrowDown: () => goTo(at + 1),
      ArrowUp: () => goTo(at - 1),
      Home: () => goTo(0),
      End: () => goTo(rows.length - 1),
      ArrowRight: () => row?.canOpen && !row.isOpen && onToggle([row.node], true),
      ArrowLeft: () => (row?.isOpen ? onToggle([row.node], false) : row?.parent && goTo(rows.findIndex(({ node }) => node.key === row.parent))),
      e: () =>
        onToggle(
          rows.filter(({ canOpen, isOpen }) => canOpen && !isOpen).map(({ node }) => node),
          true,
        ),
      w: () =>
        onToggle(
          rows.filter(({ isOpen, depth }) => isOpen && depth > 0).map(({ node }) => node),
          false,
        ),
    };
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  return (
    <div className={styles['box']} ref={box}>
      <div className={styles['inner']} style={{ '--zoom': zoom } as React.CSSProperties}>
        <TraceAxis axis={axis} origin={axisOrigin(run, axis)} ticks={ticks} />
        <div
          className={styles['rows']}
          style={{ height: virtual.getTotalSize() }}
          role="tree"
          aria-label="Trace"
          aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
          tabIndex={0}
          onKeyDown={press}
        >
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <TraceLine
                key={key}
                id={`${id}-${index}`}
                row={row}
                top={start}
                axis={axis}
                now={now}
                isChosen={index === at}
                onChoose={() => onChoose(row.node)}
                onToggle={() => onToggle([row.node], !row.isOpen)}
              />
            );
          })}
        </div>
        <StateBand run={run} axis={axis} now={now} />
      </div>
    </div>
  );
}

/** The axis counts from the start of the run. */
const axisOrigin = ({ start_time }: FlowRun, { from }: Span) => (start_time ? Date.parse(start_time) : from);
