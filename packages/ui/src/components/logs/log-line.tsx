import { type ReactNode, useState } from 'react';
import type { Log } from '../../api/logs.ts';
import { bytes, timeText } from '../../lib/format.ts';
import { levelWord } from '../../lib/log-levels.ts';
import { Ansi } from './ansi.tsx';
import styles from './log-line.module.css';

/** More of a line is folded. */
const MOST_CHARACTERS = 2000;
const MOST_LINES = 12;
/** So much is shown when it is unfolded: what is longer is in the file that can be saved. */
const UNFOLDED_CHARACTERS = 200_000;

interface LogLineProps {
  readonly line: Log;
  readonly utc: boolean;
  readonly isMarked: boolean;
  /** The run or task that wrote it. */
  readonly source?: ReactNode;
  readonly onMark: () => void;
}

export function LogLine({ line, utc, isMarked, source, onMark }: LogLineProps) {
  const word = levelWord(line.level);
  const time = timeText(line.timestamp, utc ? 'utc' : 'local');
  return (
    <div className={styles['line']} data-level={word} data-marked={isMarked || undefined}>
      <button type="button" className={styles['time']} title={`${time}: link to this line`} onClick={onMark}>
        {time.slice(11, 23)}
      </button>
      <span className={styles['level']}>{word}</span>
      {source && <span className={styles['source']}>{source}</span>}
      <Message text={line.message} />
    </div>
  );
}

function Message({ text }: { readonly text: string }) {
  const [isOpen, setOpen] = useState(false);
  const short = cut(text);
  if (short === text)
    return (
      <span className={styles['message']}>
        <Ansi text={text} />
      </span>
    );
  return (
    <span className={styles['message']}>
      <Ansi text={isOpen ? text.slice(0, UNFOLDED_CHARACTERS) : short} />
      <button type="button" className={styles['fold']} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Show less' : `Show all ${bytes(text.length)}`}
      </button>
    </span>
  );
}

function cut(text: string): string {
  const head = text.length > MOST_CHARACTERS ? text.slice(0, MOST_CHARACTERS) : text;
  const lines = head.split('\n');
  return lines.length > MOST_LINES ? lines.slice(0, MOST_LINES).join('\n') : head;
}
