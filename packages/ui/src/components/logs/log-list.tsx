import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Log } from '../../api/logs.ts';
import { count } from '../../lib/format.ts';
import { usePreferences } from '../../lib/preferences.ts';
import { LogLine } from './log-line.tsx';
import styles from './log-list.module.css';
import type { Held, LogWindow } from './log-window.ts';

const LINE_HEIGHT = 20;
/** So near to an end the next page is asked for. */
const NEAR_LINES = 60;
const END_PIXELS = 24;

interface LogListProps {
  readonly window: LogWindow;
  readonly held: Held;
  /** The line that the address names; it is scrolled to when it comes. */
  readonly marked: string | undefined;
  /** Where to stand when lines are opened: at their end, or their start. */
  readonly start: 'head' | 'tail';
  readonly onMark: (line: Log) => void;
  readonly onTail: () => void;
  readonly sourceOf?: ((line: Log) => ReactNode) | undefined;
}

/** The lines of a window, of which only those that are seen are in the page. At its end it follows what comes. */
export function LogList({ window: lines, held, marked, start, onMark, onTail, sourceOf }: LogListProps) {
  const { time, wrap } = usePreferences();
  const box = useRef<HTMLDivElement>(null);
  const shown = held.lines;
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: (index) => shown[index]?.id ?? index,
    overscan: 15,
    // The first picture is the right one: none is drawn at the top and scrolled away from.
    initialOffset: () => (marked || start === 'head' ? 0 : shown.length * LINE_HEIGHT),
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: END_PIXELS,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each stretch of lines that is opened
  useEffect(() => {
    const at = marked ? shown.findIndex(({ id }) => id === marked) : -1;
    if (at >= 0) virtual.scrollToIndex(at, { align: 'center' });
    else if (start === 'tail') virtual.scrollToEnd();
    else virtual.scrollToOffset(0);
  }, [held.opened, start]);

  useEffect(() => {
    if (held.isComing || shown.length === 0) return;
    if (held.hasOlder && first < NEAR_LINES) void lines.older();
    else if (held.hasNewer && last > shown.length - NEAR_LINES) void lines.newer();
  }, [lines, held, first, last, shown.length]);

  const isAtEnd = !held.hasNewer && virtual.isAtEnd(END_PIXELS);
  const fresh = useFresh(held.arrived, isAtEnd);
  return (
    <div className={styles['frame']}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: without it nobody could scroll the lines by keyboard */}
      <div className={styles['box']} ref={box} data-wrap={wrap} role="log" aria-label="Log lines" aria-live="off" tabIndex={0}>
        <div className={styles['inner']} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, key, start: top }) => {
            const line = shown[index];
            if (!line) return null;
            return (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                data-line={line.id}
                className={styles['row']}
                style={{ transform: `translateY(${top}px)` }}
              >
                <LogLine line={line} utc={time === 'utc'} isMarked={line.id === marked} source={sourceOf?.(line)} onMark={() => onMark(line)} />
              </div>
            );
          })}
        </div>
      </div>
      {!isAtEnd && shown.length > 0 && (
        <button type="button" className={styles['follow']} onClick={() => (held.hasNewer ? onTail() : virtual.scrollToEnd())}>
          <ArrowDown size={14} aria-hidden="true" />
          {fresh > 0 ? `${count(fresh)} new ${fresh === 1 ? 'line' : 'lines'}` : 'To the end'}
        </button>
      )}
    </div>
  );
}

/** How many lines came since the end was seen. */
function useFresh(arrived: number, isAtEnd: boolean): number {
  const [seen, setSeen] = useState(arrived);
  useEffect(() => {
    if (isAtEnd || arrived < seen) setSeen(arrived);
  }, [arrived, isAtEnd, seen]);
  return Math.max(0, arrived - seen);
}
