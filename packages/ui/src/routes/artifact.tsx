import { Link } from '@tanstack/react-router';
import { useListPages } from '../api/use-list-pages.ts';
import { ArtifactCard } from '../components/artifacts/artifact-card.tsx';
import { Answer } from '../components/base/answer.tsx';
import { More } from '../components/base/more.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { usePart } from '../lib/address.ts';

/** One key: its newest artifact, and below it those before. */
export function ArtifactPage() {
  const key = usePart('key');
  const { answer, ...pages } = useListPages('POST /artifacts/filter', { artifacts: { key: { any_: [key] } } });
  return (
    <>
      <PageHead title={key} within={{ to: '/artifacts', title: 'Artifacts' }} about="The newest first." />
      <Answer of={answer} height={300}>
        {(all) =>
          all.length > 0 ? (
            all.map((artifact) => <ArtifactCard key={artifact.id} artifact={artifact} on="key" />)
          ) : (
            <Empty title="No artifact has this key">
              <Link to="/artifacts">Show all artifacts</Link>
            </Empty>
          )
        }
      </Answer>
      <More {...pages} />
    </>
  );
}
