import type { WholeTableLoad } from '../../api/table-loads.ts';
import { count } from '../../lib/format.ts';
import { Card } from '../base/card.tsx';
import { CopyLine } from '../base/copy-line.tsx';
import { QuarantineTable } from './quarantine-table.tsx';

/** Rows of a table that could not be kept, and what can be done with them. */
export function Quarantine({ load }: { readonly load: WholeTableLoad }) {
  const rows = load.details?.quarantine ?? [];
  const left = load.rows_quarantined - rows.length;
  return (
    <Card flush title={`Quarantine: ${count(load.rows_quarantined)} ${load.rows_quarantined === 1 ? 'row' : 'rows'}`}>
      <QuarantineTable rows={rows} />
      {left > 0 && (
        <>
          <p className="quiet">And {count(left)} more. All of them:</p>
          <CopyLine text={`npx sluice quarantine show ${load.table}`} />
        </>
      )}
    </Card>
  );
}
