import { isObject, type JsonObject } from '@sluice/core/lib/json';
import type { BlockDocument } from '@sluice/core/model/block';

/** A block that the server keeps, as it was read. */
export interface SavedBlock {
  readonly id: string;
  readonly slug: string;
  readonly data: JsonObject;
}

/** As Prefect's objects do, a value that was loaded knows which block it is; a copy of it does not. */
const saved = new WeakMap<object, SavedBlock>();

/** Notes of a value, and of the blocks inside, which blocks they are. */
export function remember(value: unknown, block: SavedBlock, references: BlockDocument['block_document_references']): void {
  if (typeof value !== 'object' || value === null) return;
  saved.set(value, block);
  for (const [field, { block_document }] of Object.entries(references)) {
    const { id, block_type, block_document_references = {} } = block_document as unknown as InnerDocument;
    const data = block.data[field];
    if (isObject(data)) remember(Reflect.get(value, field), { id, slug: block_type.slug, data: data as JsonObject }, block_document_references);
  }
}

type InnerDocument = Pick<BlockDocument, 'id' | 'block_type'> & Partial<Pick<BlockDocument, 'block_document_references'>>;

export const savedAs = (value: unknown): SavedBlock | undefined => (typeof value === 'object' && value !== null ? saved.get(value) : undefined);
