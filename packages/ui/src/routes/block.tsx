import { isObject, type Json } from '@sluice/core/lib/json';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { blocks, type Block as Record } from '../api/blocks.ts';
import { ActButton } from '../components/acts/act-button.tsx';
import { Answer } from '../components/base/answer.tsx';
import { Button } from '../components/base/button.tsx';
import { Card } from '../components/base/card.tsx';
import { Facts } from '../components/base/facts.tsx';
import { JsonView } from '../components/base/json-view.tsx';
import { Markdown } from '../components/base/markdown.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { When } from '../components/base/when.tsx';
import { deleteAct } from '../components/blocks/acts.ts';
import { EditBlock } from '../components/blocks/block-dialogs.tsx';
import { usePart } from '../lib/address.ts';

/** One block: what it holds, with its secrets hidden, and how code loads it. */
export function BlockPage() {
  const block = useQuery(blocks.one(usePart()));
  return (
    <Answer of={block} height={200}>
      {(block) => <Page block={block} />}
    </Answer>
  );
}

function Page({ block }: { readonly block: Record }) {
  const navigate = useNavigate();
  const [isEditing, setEditing] = useState(false);
  const { name, block_type: type, block_schema: schema } = block;
  const properties = isObject(schema.fields['properties']) ? schema.fields['properties'] : {};
  const fields = [...new Set([...Object.keys(properties), ...Object.keys(block.data)])];
  return (
    <>
      <PageHead
        title={name ?? 'A block without a name'}
        within={{ to: '/blocks', title: 'Blocks' }}
        about={`${type.name}: ${type.description?.split('\n')[0] ?? ''}`}
        actions={
          <>
            <Button icon={Pencil} onClick={() => setEditing(true)}>
              Edit
            </Button>
            <ActButton act={deleteAct(block, () => void navigate({ to: '/blocks' }))} label="Delete" icon={Trash2} />
          </>
        }
      />
      <Card title="What it holds">
        <Facts
          facts={[
            ...fields.map((field) => [titleOf(properties[field], field), <Value key={field} block={block} field={field} />] as const),
            ['Created', <When key="created" at={block.created} />],
            ['Changed', <When key="changed" at={block.updated} />],
          ]}
        />
      </Card>
      {type.code_example && (
        <Card title="In code">
          <Markdown text={type.code_example.replaceAll('BLOCK_NAME', name ?? '')} />
        </Card>
      )}
      {isEditing && <EditBlock block={block} onClose={() => setEditing(false)} />}
    </>
  );
}

const titleOf = (property: unknown, field: string) => (isObject(property) && typeof property['title'] === 'string' ? property['title'] : field);

function Value({ block: { data, block_document_references: inside }, field }: { readonly block: Record; readonly field: string }) {
  const inner = inside[field]?.block_document;
  if (inner) {
    return (
      <Link to="/blocks/$id" params={{ id: String(inner['id']) }}>
        {String(inner['name'] ?? inner['id'])}
      </Link>
    );
  }
  const value = data[field] as Json | undefined;
  if (value === undefined || value === null) return <span className="quiet">–</span>;
  return typeof value === 'string' ? <code>{value}</code> : <JsonView value={value} />;
}
