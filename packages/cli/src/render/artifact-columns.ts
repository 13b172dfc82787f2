import type { Artifact, ArtifactCollection } from '@sluice/core/model/artifact';
import { type Column, column, instantColumn } from './column.ts';
import { valueText } from './variable-columns.ts';

const shared = [
  column<Artifact | ArtifactCollection>('Key', ({ key }) => key),
  column<Artifact | ArtifactCollection>('Type', ({ type }) => type),
  column<Artifact | ArtifactCollection>('Description', ({ description }) => description),
];

export const ARTIFACT_COLUMNS: readonly Column<Artifact | ArtifactCollection>[] = [
  column('ID', (artifact) => ('latest_id' in artifact ? artifact.latest_id : artifact.id)),
  ...shared,
  instantColumn('Updated', ({ updated }) => updated),
];

export const ARTIFACT_FIELDS: readonly Column<Artifact>[] = [
  column('ID', ({ id }) => id),
  ...shared,
  column('Data', ({ data }) => valueText(data)),
  column('Flow run ID', ({ flow_run_id }) => flow_run_id),
  column('Task run ID', ({ task_run_id }) => task_run_id),
  instantColumn('Created', ({ created }) => created),
];
