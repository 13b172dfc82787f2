import { useQuery } from '@tanstack/react-query';
import { artifacts } from '../../api/artifacts.ts';
import { Answer } from '../base/answer.tsx';
import { Empty } from '../base/notice.tsx';
import { ArtifactCard } from './artifact-card.tsx';

/** What a run shows to people, the newest first. */
export function RunArtifacts({ id }: { readonly id: string }) {
  const list = useQuery(artifacts.ofRun(id));
  return (
    <Answer of={list} height={200}>
      {(all) =>
        all.length > 0 ? (
          all.map((artifact) => <ArtifactCard key={artifact.id} artifact={artifact} on="run" />)
        ) : (
          <Empty title="It has made no artifact">A flow shows a text, a table, a link, a picture or its progress here.</Empty>
        )
      }
    </Answer>
  );
}
