import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Eraser, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type GlobalLimit, type LimitUse, limits } from '../api/limits.ts';
import type { Act } from '../components/acts/act.ts';
import { ActDialog } from '../components/acts/act-dialog.tsx';
import { Answer } from '../components/base/answer.tsx';
import { Button, IconButton } from '../components/base/button.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { deleteAct, resetAct } from '../components/concurrency/acts.ts';
import { CreateLimit, EditLimit } from '../components/concurrency/limit-dialogs.tsx';
import { LimitRow } from '../components/concurrency/limit-row.tsx';

const byName = (a: LimitUse, b: LimitUse) => a.name.localeCompare(b.name);

/** Who holds the slots of each limit, and who waits for them. */
export function Concurrency() {
  const use = useQuery(limits.use());
  const [isCreating, setCreating] = useState(false);
  return (
    <>
      <PageHead
        title="Concurrency"
        about="How many may run at once, who does, and who waits."
        actions={
          <Button icon={Plus} kind="primary" onClick={() => setCreating(true)}>
            New limit
          </Button>
        }
      />
      <Answer of={use} height={300}>
        {(all) => <Sections all={all} />}
      </Answer>
      {isCreating && <CreateLimit onClose={() => setCreating(false)} />}
    </>
  );
}

function Sections({ all }: { readonly all: readonly LimitUse[] }) {
  const of = (...kinds: readonly LimitUse['kind'][]) => all.filter(({ kind }) => kinds.includes(kind)).toSorted(byName);
  const [tags, named, places, deployments] = [of('tag'), of('global'), of('work_pool', 'work_queue'), of('deployment')];
  return (
    <>
      <Card flush title="Tags of tasks">
        {tags.length > 0 ? (
          <Limits uses={tags} />
        ) : (
          <Empty title="No tag has a limit" command="npx sluice concurrency-limit create database 3">
            Tasks with a tag that has none run all at once.
          </Empty>
        )}
      </Card>
      {named.length > 0 && (
        <Card flush title="Named limits">
          <Limits uses={named} />
        </Card>
      )}
      {places.length > 0 && (
        <Card flush title="Work pools and queues">
          <Limits uses={places} />
        </Card>
      )}
      {deployments.length > 0 && (
        <Card flush title="Deployments">
          <Limits uses={deployments} />
        </Card>
      )}
    </>
  );
}

function Limits({ uses }: { readonly uses: readonly LimitUse[] }) {
  const records = useQuery(limits.all()).data;
  return (
    <ul>
      {uses.map((use) => {
        const record = records?.find(({ id }) => id === use.id);
        return <LimitRow key={use.id} use={use} name={<Name use={use} />} actions={record && <Acts limit={record} />} />;
      })}
    </ul>
  );
}

function Name({ use: { kind, id, name } }: { readonly use: LimitUse }) {
  if (kind === 'deployment') {
    return (
      <Link to="/deployments/$id" params={{ id }}>
        {name}
      </Link>
    );
  }
  if (kind === 'work_pool' || kind === 'work_queue') {
    return (
      <Link to="/work-pools/$name" params={{ name: name.split('/')[0] ?? name }}>
        {name}
      </Link>
    );
  }
  return name;
}

function Acts({ limit }: { readonly limit: GlobalLimit }) {
  const [isEditing, setEditing] = useState(false);
  const [act, setAct] = useState<Act>();
  return (
    <>
      <IconButton label={`Edit ${limit.name}`} icon={Pencil} onClick={() => setEditing(true)} />
      <IconButton label={`Free all slots of ${limit.name}`} icon={Eraser} onClick={() => setAct(resetAct(limit))} />
      <IconButton label={`Delete ${limit.name}`} icon={Trash2} onClick={() => setAct(deleteAct(limit))} />
      {isEditing && <EditLimit limit={limit} onClose={() => setEditing(false)} />}
      <ActDialog act={act} onClose={() => setAct(undefined)} />
    </>
  );
}
