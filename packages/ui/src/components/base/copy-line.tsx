import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { copyText } from '../../lib/copy-text.ts';
import { IconButton } from './button.tsx';
import styles from './copy-line.module.css';

/** A command to copy. */
export function CopyLine({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [isDone, setDone] = useState(false);
  async function copy(): Promise<void> {
    await copyText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  }
  return (
    <div className={styles['line']}>
      <code>{text}</code>
      <IconButton label={isDone ? 'Copied' : label} icon={isDone ? Check : Copy} onClick={() => void copy()} />
    </div>
  );
}
