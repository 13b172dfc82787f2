import type { Action } from '@sluice/core/model/automation';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Pause, Play, Trash2 } from 'lucide-react';
import { automations, type Automation as Record } from '../api/automations.ts';
import { deployments } from '../api/deployments.ts';
import { ActButton } from '../components/acts/act-button.tsx';
import { deleteAct, switchAct } from '../components/automations/acts.ts';
import { actionWords, triggerWords } from '../components/automations/automation-words.ts';
import { EditAutomation } from '../components/automations/edit-automation.tsx';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Facts } from '../components/base/facts.tsx';
import { JsonCard } from '../components/base/json-card.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { Sign, Tags } from '../components/base/tags.tsx';
import { When } from '../components/base/when.tsx';
import { usePart } from '../lib/address.ts';

/** One automation: when it acts and what it does, in words and as it is. */
export function AutomationPage() {
  const automation = useQuery(automations.one(usePart()));
  return (
    <Answer of={automation} height={200}>
      {(automation) => <Page automation={automation} />}
    </Answer>
  );
}

function Page({ automation }: { readonly automation: Record }) {
  const navigate = useNavigate();
  const { name, description, enabled, tags, trigger, actions, actions_on_trigger, actions_on_resolve } = automation;
  const done = (list: readonly Action[]) => list.length > 0 && <Actions actions={list} />;
  return (
    <>
      <PageHead
        title={name}
        within={{ to: '/automations', title: 'Automations' }}
        about={
          <>
            {!enabled && <Sign tone="pending">off</Sign>}
            <Tags tags={tags} />
            {description}
          </>
        }
        actions={
          <>
            <EditAutomation automation={automation} />
            <ActButton act={switchAct(automation)} label={enabled ? 'Switch off' : 'Switch on'} icon={enabled ? Pause : Play} />
            <ActButton act={deleteAct(automation, () => void navigate({ to: '/automations' }))} label="Delete" icon={Trash2} />
          </>
        }
      />
      <Card title="What it does">
        <Facts
          facts={[
            ['When', triggerWords(trigger)],
            ['Then', done(actions)],
            ...(actions_on_trigger.length > 0 ? [['When it fires, also', done(actions_on_trigger)] as const] : []),
            ...(actions_on_resolve.length > 0 ? [['When it is over', done(actions_on_resolve)] as const] : []),
            ['Created', <When key="created" at={automation.created} />],
            ['Changed', <When key="changed" at={automation.updated} />],
          ]}
        />
      </Card>
      <JsonCard title="As it is" value={automation as never} file={`automation-${name}.json`} />
    </>
  );
}

const Actions = ({ actions }: { readonly actions: readonly Action[] }) => (
  <ol>
    {actions.map((action, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: actions have no names, and one may stand there twice
      <li key={index}>
        {actionWords(action)} <Chosen action={action} />
      </li>
    ))}
  </ol>
);

/** The record that an action names. */
function Chosen({ action: { deployment_id, automation_id } }: { readonly action: Action }) {
  if (typeof deployment_id === 'string') return <DeploymentLink id={deployment_id} />;
  if (typeof automation_id === 'string') {
    return (
      <Link to="/automations/$id" params={{ id: automation_id }}>
        {automation_id}
      </Link>
    );
  }
  return null;
}

function DeploymentLink({ id }: { readonly id: string }) {
  const deployment = useQuery(deployments.one(id)).data;
  return (
    <Link to="/deployments/$id" params={{ id }}>
      {deployment?.name ?? id}
    </Link>
  );
}
