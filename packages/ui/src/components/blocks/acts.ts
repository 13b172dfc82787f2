import type { RouteInput } from '@sluice/core/api/routes';
import type { Block, BlockSchema } from '../../api/blocks.ts';
import { type Act, act } from '../acts/act.ts';
import { sluice } from '../acts/call-text.ts';
import { hidden } from './block-values.ts';

type Creation = RouteInput<'POST /block_documents/'>['body'];
type Values = { readonly [field: string]: unknown };

/** `secret/warehouse-password`, as Prefect's commands call it. */
const slugOf = ({ name, block_type: { slug } }: Block) => `${slug}/${name ?? ''}`;

export function createAct(name: string, schema: BlockSchema, data: Values, onDone: (id: string) => void): Act {
  const body: Creation = { name, data: data as NonNullable<Creation['data']>, block_schema_id: schema.id, block_type_id: schema.block_type_id };
  return act(
    'POST /block_documents/',
    { body },
    {
      title: 'Create a block',
      about: 'Flows load it by its type and name. What is secret is encrypted, and shown to nobody.',
      confirm: 'Create',
      done: `The block ${name} is made.`,
      command: undefined,
      shown: { body: { ...body, data: hidden(data, schema) } },
      onDone: ({ id }) => onDone(id),
    },
  );
}

export function changeAct(block: Block, data: Values): Act {
  const body = { data: data as NonNullable<Creation['data']>, merge_existing_data: false };
  const params = { id: block.id };
  return act(
    'PATCH /block_documents/{id}',
    { params, body },
    {
      title: `Change block ${block.name}`,
      about: 'Flows that load it from now on get the new values. A secret that stays hidden stays as it is.',
      confirm: 'Save',
      done: `The block ${block.name} is changed.`,
      command: undefined,
      shown: { params, body: { ...body, data: hidden(data, block.block_schema) } },
    },
  );
}

export const deleteAct = (block: Block, onDone?: () => void): Act =>
  act(
    'DELETE /block_documents/{id}',
    { params: { id: block.id } },
    {
      title: `Delete block ${block.name}`,
      about: 'Flows that load it find none from now on.',
      confirm: 'Delete',
      kind: 'danger',
      done: `The block ${block.name} is deleted.`,
      command: sluice('block', 'delete', slugOf(block), '--yes'),
      ...(onDone && { onDone }),
    },
  );
