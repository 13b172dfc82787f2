import { STATE_TYPES, type StateType } from '@sluice/core/model/state-type';
import { useQuery } from '@tanstack/react-query';
import { automations } from '../../api/automations.ts';
import { blocks } from '../../api/blocks.ts';
import { deployments } from '../../api/deployments.ts';
import { workPools } from '../../api/work-pools.ts';
import { FieldRow, SelectField, TextArea, TextField } from '../base/field.tsx';
import { ACTIONS, type ActionDraft, type ActionType, actionsFor, isInferable, OF_THE_EVENT } from './action-draft.ts';
import { PartTitle } from './part-title.tsx';
import type { Refused } from './refusals.ts';
import type { Watched } from './trigger-draft.ts';

/** Longer lists are no help in a form: the id of any other can be written as JSON. */
const MOST = 200;
const STATES = STATE_TYPES.map((type) => [type, type.charAt(0) + type.slice(1).toLowerCase()] as const);

interface ActionFieldsProps {
  readonly draft: ActionDraft;
  readonly watched: Watched;
  readonly onChange: (draft: ActionDraft) => void;
}

/** What an automation does then. `refused`: what the server says of its fields. */
export function ActionFields({ draft, watched, onChange, refused }: ActionFieldsProps & { readonly refused: Refused }) {
  const { type, state, message, subject, body } = draft;
  return (
    <>
      <PartTitle>Then</PartTitle>
      <FieldRow>
        <SelectField
          label="What is done"
          value={type}
          choices={actionsFor(watched).map((each) => [each, ACTIONS[each].label] as const)}
          onChange={(next) => onChange({ ...draft, type: next as ActionType, target: '' })}
        />
        {type === 'change-flow-run-state' ? (
          <SelectField label="The state" value={state} choices={STATES} onChange={(next) => onChange({ ...draft, state: next as StateType })} />
        ) : (
          <Chosen draft={draft} watched={watched} onChange={onChange} key={type} />
        )}
      </FieldRow>
      {type === 'change-flow-run-state' && (
        <TextField label="Message" value={message} onChange={(message) => onChange({ ...draft, message })} fault={refused.message} />
      )}
      {type === 'send-notification' && (
        <>
          <TextField label="Subject" value={subject} onChange={(subject) => onChange({ ...draft, subject })} fault={refused.subject} />
          <TextArea
            label="Text"
            value={body}
            onChange={(body) => onChange({ ...draft, body })}
            fault={refused.body}
            hint="In double braces: event, automation, flow_run, deployment and flow, and what is in them."
          />
        </>
      )}
    </>
  );
}

/** The record that it is done to, by its name. */
function Chosen({ draft, watched, onChange }: ActionFieldsProps) {
  switch (ACTIONS[draft.type].target) {
    case 'deployment':
      return <Deployments draft={draft} watched={watched} onChange={onChange} />;
    case 'work-pool':
      return <Pools draft={draft} watched={watched} onChange={onChange} />;
    case 'work-queue':
      return <Queues draft={draft} watched={watched} onChange={onChange} />;
    case 'automation':
      return <Automations draft={draft} watched={watched} onChange={onChange} />;
    case 'flow-run':
      return null;
    default:
      return <Takers draft={draft} watched={watched} onChange={onChange} />;
  }
}

type Choices = readonly (readonly [id: string, name: string])[];

/** One that is chosen stays chosen where the list does not reach it, or while it is asked for. */
const withChosen = (choices: Choices, chosen: string): Choices =>
  chosen === '' || choices.some(([id]) => id === chosen) ? choices : [...choices, [chosen, chosen]];

function Target({ label, choices, draft, watched, onChange }: ActionFieldsProps & { readonly label: string; readonly choices: Choices }) {
  const own = isInferable(draft.type, watched) ? [[OF_THE_EVENT, 'That of the event'] as const] : [];
  return (
    <SelectField
      label={label}
      value={draft.target}
      choices={withChosen([['', 'Choose one'], ...own, ...choices], draft.target)}
      onChange={(target) => onChange({ ...draft, target })}
    />
  );
}

function Deployments(props: ActionFieldsProps) {
  const all = useQuery(deployments.list({ limit: MOST, sort: 'NAME_ASC' })).data ?? [];
  return <Target {...props} label="Deployment" choices={all.map(({ id, name }) => [id, name] as const)} />;
}

function Pools(props: ActionFieldsProps) {
  const all = useQuery(workPools.list()).data ?? [];
  return <Target {...props} label="Work pool" choices={all.map(({ id, name }) => [id, name] as const)} />;
}

function Queues(props: ActionFieldsProps) {
  const all = useQuery(workPools.allQueues(MOST)).data ?? [];
  return (
    <Target
      {...props}
      label="Work queue"
      choices={all.map(({ id, name, work_pool_name: pool }) => [id, pool ? `${pool} / ${name}` : name] as const)}
    />
  );
}

function Automations(props: ActionFieldsProps) {
  const all = useQuery(automations.list({ limit: MOST })).data ?? [];
  return <Target {...props} label="Automation" choices={all.map(({ id, name }) => [id, name] as const)} />;
}

/** Blocks that take a message at an address of their own: the server sends to no others. */
function Takers({ draft, onChange }: ActionFieldsProps) {
  const all = useQuery(blocks.list({ block_schemas: { block_capabilities: { all_: ['notify'] } }, limit: MOST })).data ?? [];
  const takers = all.filter(({ block_schema: { fields } }) => 'url' in ((fields['properties'] ?? {}) as object));
  return (
    <SelectField
      label="To the block"
      value={draft.block}
      choices={withChosen(
        [['', 'Choose one'], ...takers.map(({ id, name, block_type_name: type }) => [id, `${type} / ${name}`] as const)],
        draft.block,
      )}
      onChange={(block) => onChange({ ...draft, block })}
      hint={takers.length === 0 ? 'No block takes a message: make one under Blocks, such as a Slack Webhook.' : undefined}
    />
  );
}
