import { MAX_PAGE } from '@sluice/core/api/filter-schema';
import { SORTS } from '@sluice/core/api/filter-table';
import { assembleBlock } from '../blocks/assemble.ts';
import { type BlockRow, findBlock, listBlockIds, readBlockTree, readSchemaTexts, whichBlocks } from '../store/block-documents.ts';
import { missing } from './found.ts';
import { type Deps, Reply } from './handlers.ts';

interface ListOptions {
  readonly includeSecrets?: boolean | undefined;
  readonly sort?: keyof typeof SORTS.block_document;
  readonly limit?: number;
  readonly offset?: number;
}

/** Blocks as answers tell them: opened, with what is inside of them, and with their secrets hidden unless they are asked for. */
export function createBlockReader({ database: { sql }, blockSecrets: secrets }: Pick<Deps, 'database' | 'blockSecrets'>) {
  /** As JSON texts, in this order; ids of no block are left out. */
  async function texts(ids: readonly string[], includeSecrets = false): Promise<string[]> {
    const rows = await readBlockTree(sql, ids);
    const roots = ids.flatMap((id) => rows.get(id) ?? []);
    const schemas = await readSchemaTexts(
      sql,
      roots.map((row) => row.block_schema_id),
    );
    const options = { rows, secrets, includeSecrets };
    return roots.map((row) => blockText(row, assembleBlock(row.id, options), schemas.get(row.block_schema_id)));
  }

  async function read(id: string, includeSecrets?: boolean): Promise<Reply<string>> {
    const [text] = await texts([id], includeSecrets);
    if (text === undefined) throw missing('Block document');
    return new Reply(text);
  }

  return {
    read,
    readNamed: async (slug: string, name: string, includeSecrets?: boolean) => {
      const id = await findBlock(sql, slug, name);
      if (id === undefined) throw missing('Block document');
      return read(id, includeSecrets);
    },
    list: async (filters: Parameters<typeof whichBlocks>[1], { includeSecrets, sort = 'NAME_ASC', limit = MAX_PAGE, offset = 0 }: ListOptions) => {
      const ids = await listBlockIds(sql, { where: whichBlocks(sql, filters), order: SORTS.block_document[sort], limit, offset });
      return new Reply(`[${(await texts(ids, includeSecrets)).join(',')}]`);
    },
  };
}

/** The schema's text is passed on as it is: its numbers would lose theirs. */
function blockText(row: BlockRow, { data, references }: ReturnType<typeof assembleBlock>, schema: string | undefined): string {
  const { id, created, updated, name, block_schema_id, block_type_id, block_type_name, block_type, is_anonymous } = row;
  const block = {
    ...{ id, created, updated, name, data, block_schema_id, block_type_id, block_type_name, block_type },
    ...{ block_document_references: references, is_anonymous },
  };
  return `${JSON.stringify(block).slice(0, -1)},"block_schema":${schema ?? 'null'}}`;
}
