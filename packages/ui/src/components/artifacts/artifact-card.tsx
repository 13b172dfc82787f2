import { Link } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Artifact } from '../../api/artifacts.ts';
import type { Act } from '../acts/act.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { IconButton } from '../base/button.tsx';
import { Card } from '../base/card.tsx';
import { Markdown } from '../base/markdown.tsx';
import { Sign } from '../base/tags.tsx';
import { When } from '../base/when.tsx';
import { deleteAct } from './acts.ts';
import styles from './artifact-card.module.css';
import { ArtifactView } from './artifact-view.tsx';

interface ArtifactCardProps {
  readonly artifact: Artifact;
  /** On the page of its key the key is no link; on the page of its run the run is none. */
  readonly on: 'key' | 'run';
}

/** One artifact: what it shows, and who has made it when. */
export function ArtifactCard({ artifact, on }: ArtifactCardProps) {
  const { key, type, description, flow_run_id: run, updated } = artifact;
  const [act, setAct] = useState<Act>();
  return (
    <Card
      title={
        on === 'run' && key ? (
          <Link to="/artifacts/$key" params={{ key }}>
            {key}
          </Link>
        ) : (
          <When at={updated} />
        )
      }
      actions={
        <>
          {type && <Sign>{type}</Sign>}
          {on === 'run' && key && (
            <span className="quiet">
              <When at={updated} />
            </span>
          )}
          {on === 'key' && run && (
            <Link to="/runs/$id" params={{ id: run }} search={{ tab: 'artifacts' }}>
              its run
            </Link>
          )}
          <IconButton label={`Delete this artifact${key ? ` of ${key}` : ''}`} icon={Trash2} onClick={() => setAct(deleteAct(artifact))} />
        </>
      }
    >
      {description && (
        <div className={styles['about']}>
          <Markdown text={description} />
        </div>
      )}
      <ArtifactView artifact={artifact} />
      <ActDialog act={act} onClose={() => setAct(undefined)} />
    </Card>
  );
}
