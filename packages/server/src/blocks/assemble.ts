import { hideSecrets } from '@sluice/core/blocks/block-data';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { BlockRow } from '../store/block-documents.ts';

type Data = Record<string, unknown>;

interface Assembled {
  readonly data: Data;
  /** As an answer tells them: what is inside, by field. */
  readonly references: Data;
}

/** A few blocks that have one another inside twice each would be millions when they are written out. */
const MOST_INSIDE = 200;

interface Options {
  readonly rows: ReadonlyMap<string, BlockRow>;
  readonly secrets: SecretBox;
  readonly includeSecrets: boolean;
}

/** What a block holds, as it was stored. */
export const openBlock = (secrets: SecretBox, row: BlockRow): Data => JSON.parse(secrets.open(row.id, row)) as Data;

/** What a block holds with the blocks inside of it, each with its own secrets hidden or shown. */
export function assembleBlock(id: string, { rows, secrets, includeSecrets }: Options): Assembled {
  let count = 0;
  const visit = (row: BlockRow): Assembled => {
    if (++count > MOST_INSIDE) throw tooMany(id);
    const own = openBlock(secrets, row);
    const data = includeSecrets ? own : hideSecrets(own, row.secret_fields ?? []);
    const references: Data = {};
    for (const [field, innerId] of Object.entries(row.references)) {
      const inner = rows.get(innerId);
      if (!inner) continue;
      const assembled = visit(inner);
      data[field] = assembled.data;
      const { id, name, block_type, is_anonymous } = inner;
      references[field] = { block_document: { id, name, block_type, is_anonymous, block_document_references: assembled.references } };
    }
    return { data, references };
  };
  return visit(rows.get(id) as BlockRow);
}

const tooMany = (id: string) =>
  new SluiceError('BLOCK_INVALID', `Block ${id} has more than ${MOST_INSIDE} blocks inside, one in another.`, {
    hint: 'Take some of them out, or load them by their names.',
  });
