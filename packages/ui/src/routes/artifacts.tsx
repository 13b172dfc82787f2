import { Link } from '@tanstack/react-router';
import { FOR_PEOPLE } from '../api/artifacts.ts';
import { useListPages } from '../api/use-list-pages.ts';
import { ArtifactTable } from '../components/artifacts/artifact-table.tsx';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { More } from '../components/base/more.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { SearchField } from '../components/base/search-field.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { useAddress, useChangeAddress } from '../lib/address.ts';
import { searchOf, text } from '../lib/search.ts';

const artifactsSearch = searchOf({ name: text });
type ArtifactsSearch = ReturnType<typeof artifactsSearch>;

/** The newest artifact of each key. */
export function Artifacts() {
  const { name, faults } = useAddress(artifactsSearch);
  const change = useChangeAddress<ArtifactsSearch>();
  const { answer, ...pages } = useListPages('POST /artifacts/latest/filter', {
    artifacts: { ...FOR_PEOPLE, ...(name && { key: { like_: name } }) },
  });
  return (
    <>
      <PageHead title="Artifacts" about="What runs show to people: texts, tables, links, pictures, how far they are." />
      <SearchFaults faults={faults} />
      <Card flush actions={<SearchField label="A part of the key" value={name ?? ''} onChange={(text) => change({ name: text || undefined })} />}>
        <Answer of={answer} height={300}>
          {(rows) => (
            <ArtifactTable
              artifacts={rows}
              empty={
                name ? (
                  <Empty title="No artifact has such a key">
                    <Link to="/artifacts">Show all artifacts</Link>
                  </Empty>
                ) : (
                  <Empty title="No artifact yet">A flow makes one with a key, such as a report in Markdown, and its newest stands here.</Empty>
                )
              }
            />
          )}
        </Answer>
        <More {...pages} />
      </Card>
    </>
  );
}
