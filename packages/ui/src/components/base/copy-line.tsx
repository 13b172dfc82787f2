import { Check, ChevronDown, ChevronUp, Copy } from 'lucide-react';
import { useState } from 'react';
import { copyText } from '../../lib/copy-text.ts';
import { IconButton } from './button.tsx';
import styles from './copy-line.module.css';

/** From so many letters on only the beginning is shown: on a phone a call with its body would fill the dialog that it stands in. */
const LONG = 200;

/** A command to copy. */
export function CopyLine({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [isDone, setDone] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > LONG;
  async function copy(): Promise<void> {
    await copyText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  }
  return (
    <div className={styles['line']}>
      <code data-folded={(isLong && !isOpen) || undefined}>{text}</code>
      <div className={styles['acts']}>
        <IconButton label={isDone ? 'Copied' : label} icon={isDone ? Check : Copy} onClick={() => void copy()} />
        {isLong && (
          <IconButton
            label={isOpen ? 'Show less' : 'Show all'}
            icon={isOpen ? ChevronUp : ChevronDown}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          />
        )}
      </div>
    </div>
  );
}
