import type { BlockDocument, BlockType } from '@sluice/core/model/block';
import { blockPath } from '../find/block.ts';
import { type Column, column, instantColumn } from './column.ts';
import { valueText } from './variable-columns.ts';

const shared: readonly Column<BlockDocument>[] = [
  column('ID', ({ id }) => id),
  column('Type', ({ block_type_name }) => block_type_name),
  column('Name', ({ name }) => name),
  column('Slug', blockPath),
];

export const BLOCK_COLUMNS: readonly Column<BlockDocument>[] = [...shared, instantColumn('Updated', ({ updated }) => updated)];

/** With a line for each field of the block. */
export const blockFields = ({ data }: BlockDocument): readonly Column<BlockDocument>[] => [
  ...BLOCK_COLUMNS,
  ...Object.entries(data).map(([name, value]) => column<BlockDocument>(name, () => valueText(value))),
];

export const BLOCK_TYPE_COLUMNS: readonly Column<BlockType>[] = [
  column('Slug', ({ slug }) => slug),
  column('Name', ({ name }) => name),
  column('Description', ({ description }) => description),
];

export const BLOCK_TYPE_FIELDS: readonly Column<BlockType>[] = [
  ...BLOCK_TYPE_COLUMNS,
  column('Protected', ({ is_protected }) => is_protected),
  column('Documentation', ({ documentation_url }) => documentation_url),
  column('Logo', ({ logo_url }) => logo_url),
  column('Example', ({ code_example }) => code_example),
  column('ID', ({ id }) => id),
];
