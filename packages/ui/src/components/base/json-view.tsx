import { isObject, type Json } from '@sluice/core/lib/json';
import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { bytes, count } from '../../lib/format.ts';
import styles from './json-view.module.css';

/** So much of a value is on the page before somebody asks for more: one of 10 MB must not stop it. */
const FIRST_ENTRIES = 100;
const FIRST_CHARACTERS = 2000;
const MORE_CHARACTERS = 100_000;
/** Values that are deeper are closed at first, and so are those below a long list. */
const OPEN_DEPTH = 2;
const OPEN_ENTRIES = 30;

interface ValueProps {
  readonly value: Json;
  readonly depth?: number;
}

/** A JSON value as a tree that opens. What is large is folded, and says how large it is. */
export function JsonView({ value, depth = 0 }: ValueProps) {
  if (Array.isArray(value)) return <Entries entries={value.map((each, index) => [index, each])} brackets="[]" depth={depth} />;
  if (isObject(value)) return <Entries entries={Object.entries(value) as [string, Json][]} brackets="{}" depth={depth} />;
  if (typeof value === 'string') return <Text text={value} />;
  return <span className={styles[value === null ? 'null' : typeof value]}>{String(value)}</span>;
}

function Text({ text }: { readonly text: string }) {
  const [most, setMost] = useState(FIRST_CHARACTERS);
  const left = text.length - most;
  return (
    <span className={styles['string']}>
      “{left > 0 ? text.slice(0, most) : text}
      {left > 0 ? '…' : '”'}
      {left > 0 && <More onClick={() => setMost(most + MORE_CHARACTERS)}>{bytes(left)} more</More>}
    </span>
  );
}

interface EntriesProps {
  readonly entries: readonly (readonly [string | number, Json])[];
  readonly brackets: '[]' | '{}';
  readonly depth: number;
}

function Entries({ entries, brackets: [open, close], depth }: EntriesProps) {
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH && (depth === 0 || entries.length <= OPEN_ENTRIES));
  const [most, setMost] = useState(FIRST_ENTRIES);
  if (entries.length === 0) return <span className="quiet">{`${open}${close}`}</span>;
  const left = entries.length - most;
  const title = `${count(entries.length)} ${open === '[' ? (entries.length === 1 ? 'item' : 'items') : entries.length === 1 ? 'field' : 'fields'}`;
  return (
    <>
      <button type="button" className={styles['fold']} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <ChevronRight size={13} aria-hidden="true" />
        {isOpen ? open : `${open} ${title} ${close}`}
      </button>
      {isOpen && (
        <>
          <ul className={styles['entries']}>
            {entries.slice(0, most).map(([name, value]) => (
              <li key={name}>
                <span className={styles['name']}>{name}</span>: <JsonView value={value} depth={depth + 1} />
              </li>
            ))}
            {left > 0 && (
              <li>
                <More onClick={() => setMost(most + FIRST_ENTRIES * 5)}>{count(left)} more</More>
              </li>
            )}
          </ul>
          {close}
        </>
      )}
    </>
  );
}

function More({ onClick, children }: { readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <button type="button" className={styles['more']} onClick={onClick}>
      {children}
    </button>
  );
}
