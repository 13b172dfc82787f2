import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useListPages } from '../api/use-list-pages.ts';
import { Answer } from '../components/base/answer.tsx';
import { Button } from '../components/base/button.tsx';
import { Card } from '../components/base/card.tsx';
import { More } from '../components/base/more.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { SearchField } from '../components/base/search-field.tsx';
import { CreateBlock } from '../components/blocks/block-dialogs.tsx';
import { BlockTable } from '../components/blocks/block-table.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { useAddress, useChangeAddress } from '../lib/address.ts';
import { searchOf, text } from '../lib/search.ts';

const blocksSearch = searchOf({ name: text });
type BlocksSearch = ReturnType<typeof blocksSearch>;

/** All blocks by their types: settings and secrets that flows load by name. */
export function Blocks() {
  const { name, faults } = useAddress(blocksSearch);
  const change = useChangeAddress<BlocksSearch>();
  const { answer, ...pages } = useListPages('POST /block_documents/filter', {
    sort: 'BLOCK_TYPE_AND_NAME_ASC',
    ...(name && { block_documents: { name: { like_: name } } }),
  });
  const [isCreating, setCreating] = useState(false);
  return (
    <>
      <PageHead
        title="Blocks"
        about="Settings and secrets that flows load by type and name."
        actions={
          <>
            <SearchField label="A part of the name" value={name ?? ''} onChange={(text) => change({ name: text || undefined })} />
            <Button icon={Plus} kind="primary" onClick={() => setCreating(true)}>
              New block
            </Button>
          </>
        }
      />
      <SearchFaults faults={faults} />
      <Answer of={answer} height={300}>
        {(all) =>
          all.length > 0 ? (
            [...Map.groupBy(all, ({ block_type_name }) => block_type_name)].map(([type, blocks]) => (
              <Card key={type} flush title={type}>
                <BlockTable type={type} blocks={blocks} />
              </Card>
            ))
          ) : (
            <Card>
              {name ? (
                <Empty title="No block has such a name">
                  <Link to="/blocks">Show all blocks</Link>
                </Empty>
              ) : (
                <Empty title="No block yet">Press New block, and choose a type such as Secret: flows load it by its name.</Empty>
              )}
            </Card>
          )
        }
      </Answer>
      <More {...pages} />
      {isCreating && <CreateBlock onClose={() => setCreating(false)} />}
    </>
  );
}
