import { CircleAlert, CircleCheck } from 'lucide-react';
import type { TableLoad } from '../../api/table-loads.ts';
import styles from './verified.module.css';

const HOW = { sums: 'by sums', full: 'every row' } as const;

/** Whether warehouse and source are equal, and how they were compared. */
export function Verified({ load: { verified, verify } }: { readonly load: Pick<TableLoad, 'verified' | 'verify'> }) {
  const Icon = verified ? CircleCheck : CircleAlert;
  return (
    <span className={styles['verified']} data-tone={verified ? 'completed' : 'failed'}>
      <Icon size={14} aria-hidden="true" />
      {verified ? HOW[verify] : 'not verified'}
    </span>
  );
}
