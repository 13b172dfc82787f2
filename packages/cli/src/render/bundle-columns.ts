import type { Bundle } from '@sluice/core/model/bundle';
import { bytes } from './bytes.ts';
import { type Column, column, instantColumn } from './column.ts';

export const BUNDLE_COLUMNS: readonly Column<Bundle>[] = [
  column('Name', ({ name }) => name.slice(0, 12)),
  column('Size', ({ bytes: size }) => bytes(size)),
  column('Files', ({ files }) => files),
  column('Deployments', ({ deployments }) => deployments.join(', ')),
  column('Unfinished runs', ({ unfinished_runs }) => unfinished_runs),
  instantColumn('Deployed', ({ updated }) => updated),
];

export const BUNDLE_FILES: readonly Column<{ readonly path: string; readonly bytes: number }>[] = [
  column('File', ({ path }) => path),
  column('Size', ({ bytes: size }) => bytes(size)),
];
