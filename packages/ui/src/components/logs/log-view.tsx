import { ArrowDownToLine, ArrowUpToLine, CircleAlert, Download, WrapText } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { type LogFilter, readLogPage } from '../../api/logs.ts';
import { LOG_LEVEL_NAMES, type LogLevel } from '../../lib/log-levels.ts';
import { setPreference, usePreferences } from '../../lib/preferences.ts';
import { IconButton } from '../base/button.tsx';
import { Card } from '../base/card.tsx';
import { Empty, Fault, Note } from '../base/notice.tsx';
import { SearchField } from '../base/search-field.tsx';
import { Segments } from '../base/segments.tsx';
import { LogCount } from './log-count.tsx';
import { LogList } from './log-list.tsx';
import { atMark, toMark } from './log-mark.ts';
import styles from './log-view.module.css';
import { LogWindow } from './log-window.ts';
import { saveLog } from './save-log.ts';
import { useRunSource, useTaskSource } from './use-names.tsx';

/** What of a log stands in an address. */
export interface LogAddress {
  readonly level?: LogLevel | undefined;
  readonly find?: string | undefined;
  readonly line?: string | undefined;
}

interface LogViewProps {
  /** What belongs to this log: a run's lines, or all. */
  readonly of: LogFilter;
  readonly address: LogAddress;
  readonly onAddress: (change: LogAddress) => void;
  /** The name of the file that it is saved as, without its ending. */
  readonly file: string;
  readonly empty: ReactNode;
  /** Who wrote each line: the runs of many, or the task runs of one. */
  readonly sources: 'runs' | 'tasks';
  /** More to choose by, before the search. */
  readonly choices?: ReactNode;
  /** Since when there may be lines: those are counted. */
  readonly since: string;
}

/** Lines of a log to search, follow, link to and save. */
export function LogView({ of, address, onAddress, file, empty, sources, choices, since }: LogViewProps) {
  const { wrap } = usePreferences();
  const { level, find } = address;
  const key = JSON.stringify({ ...of, level, text: find });
  const filter = useMemo(() => JSON.parse(key) as LogFilter, [key]);
  const lines = useLogWindow(filter, address.line);
  const held = useSyncExternalStore(lines.watch, lines.held);
  const [runSource, taskSource] = [useRunSource(), useTaskSource()];
  const hasTasks = useMemo(() => held.lines.some(({ task_run_id }) => task_run_id !== null), [held.lines]);
  const [start, setStart] = useState<'head' | 'tail'>('tail');
  const [notice, setNotice] = useState('');
  const isFiltered = level !== undefined || Boolean(find);

  function open(end: 'head' | 'tail'): void {
    setStart(end);
    onAddress({ line: undefined });
    void (end === 'head' ? lines.openHead() : lines.openTail());
  }

  async function toFirstError(): Promise<void> {
    const errors: LogFilter = { ...filter, level: 'error' };
    const [first] = (await readLogPage({ filter: errors, sort: 'TIMESTAMP_ASC', after: null }, undefined, 1)).lines;
    if (!first) return setNotice('There is no error.');
    setNotice('');
    onAddress({ line: toMark(first) });
    await lines.openAt(first.timestamp);
  }

  return (
    <Card
      flush
      title={
        <span className={styles['head']}>
          <Segments
            label="Level"
            value={level ?? 'debug'}
            choices={{ debug: 'All', info: 'Info', warning: 'Warning', error: 'Error' }}
            onChange={(value) => onAddress({ level: value === 'debug' ? undefined : LOG_LEVEL_NAMES.find((each) => each === value) })}
          />
          <LogCount filter={filter} since={since} arrived={held.arrived} />
        </span>
      }
      actions={
        <>
          {choices}
          <SearchField label="Search the lines" value={find ?? ''} onChange={(text) => onAddress({ find: text || undefined })} />
          <IconButton label="To the first error" icon={CircleAlert} onClick={() => void toFirstError()} />
          <IconButton label="To the top" icon={ArrowUpToLine} onClick={() => open('head')} />
          <IconButton label="To the end" icon={ArrowDownToLine} onClick={() => open('tail')} />
          <IconButton label="Wrap long lines" icon={WrapText} aria-pressed={wrap} onClick={() => setPreference('wrap', !wrap)} />
          <IconButton label="Save as a file" icon={Download} onClick={() => void saveLog(filter, file, setNotice)} />
        </>
      }
    >
      {notice && (
        <div className={styles['notice']}>
          <Note>{notice}</Note>
        </div>
      )}
      {held.error !== undefined && <Fault error={held.error} />}
      {held.lines.length > 0 ? (
        <LogList
          window={lines}
          held={held}
          marked={atMark(address.line)?.id}
          start={start}
          onMark={(line) => onAddress({ line: toMark(line) })}
          onTail={() => open('tail')}
          sourceOf={sources === 'runs' ? runSource : hasTasks ? taskSource : undefined}
        />
      ) : (
        <div className={styles['none']} aria-busy={held.isComing}>
          {!held.isComing && held.error === undefined && (isFiltered ? <Empty title="No line matches" /> : empty)}
        </div>
      )}
    </Card>
  );
}

/** A window for each filter, opened at the line that the address names, or else at the end. */
function useLogWindow(filter: LogFilter, line: string | undefined): LogWindow {
  const lines = useMemo(() => new LogWindow(filter), [filter]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the line is where it is opened; one that is chosen later is there already
  useEffect(() => {
    lines.listen();
    const at = atMark(line)?.timestamp;
    void (at ? lines.openAt(at) : lines.openTail());
    return () => lines.close();
  }, [lines]);
  return lines;
}
