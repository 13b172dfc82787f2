import type { Json } from '@sluice/core/lib/json';
import { Copy, Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { copyText } from '../../lib/copy-text.ts';
import { saveFile } from '../../lib/save-file.ts';
import { IconButton } from './button.tsx';
import { Card } from './card.tsx';
import styles from './json-card.module.css';
import { JsonView } from './json-view.tsx';

interface JsonCardProps {
  readonly title: ReactNode;
  readonly value: Json;
  /** The name of the file that it is saved as. */
  readonly file: string;
}

const textOf = (value: Json) => JSON.stringify(value, null, 2);

/** A JSON value to read, copy and save. */
export function JsonCard({ title, value, file }: JsonCardProps) {
  return (
    <Card
      title={title}
      actions={
        <>
          <IconButton label="Copy as JSON" icon={Copy} onClick={() => void copyText(textOf(value))} />
          <IconButton label="Save as a file" icon={Download} onClick={() => saveFile(file, [textOf(value)], 'application/json')} />
        </>
      }
    >
      <div className={styles['json']}>
        <JsonView value={value} />
      </div>
    </Card>
  );
}
