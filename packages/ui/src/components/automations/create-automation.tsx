import { isObject } from '@sluice/core/lib/json';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ActDialog } from '../acts/act-dialog.tsx';
import { TextArea, TextField } from '../base/field.tsx';
import { Segments } from '../base/segments.tsx';
import { readJson } from '../schema-form/exact-json.ts';
import { type ActionDraft, actionOf, actionsFor, FIRST_ACTION, isActionReady } from './action-draft.ts';
import { ActionFields } from './action-fields.tsx';
import { createAct } from './acts.ts';
import { actionWords, triggerWords } from './automation-words.ts';
import { FIRST_TRIGGER, isTriggerReady, type TriggerDraft, triggerOf } from './trigger-draft.ts';
import { TriggerFields } from './trigger-fields.tsx';

const WAYS = { form: 'Form', json: 'JSON' };

/** Asks for an automation: by a form for what is usual, and as JSON, in Prefect's shape, for all else. */
export function CreateAutomation({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const [way, setWay] = useState('form');
  const [name, setName] = useState('');
  const [trigger, setTrigger] = useState<TriggerDraft>(FIRST_TRIGGER);
  const [action, setAction] = useState<ActionDraft>(FIRST_ACTION);
  const [text, setText] = useState('');
  const [seed, setSeed] = useState('');
  const meant = { name, trigger: triggerOf(trigger), actions: [actionOf(action)] };
  const reading = readJson(text);
  const fault = 'fault' in reading ? reading.fault : isObject(reading.value) ? undefined : 'An automation is an object: {"name": …}.';
  const isForm = way === 'form';
  const isReady = isForm ? name !== '' && isTriggerReady(trigger) && isActionReady(action, trigger.watched) : fault === undefined;
  const body = isForm ? meant : 'value' in reading && isObject(reading.value) ? reading.value : {};
  function change(next: TriggerDraft): void {
    setTrigger(next);
    const isLeft = !actionsFor(next.watched).includes(action.type);
    if (isLeft) setAction({ ...action, type: FIRST_ACTION.type, target: '' });
  }
  function go(next: string): void {
    setWay(next);
    // What somebody has typed there is not taken back by the form.
    if (next !== 'json' || text !== seed) return;
    const said = JSON.stringify(meant, null, 2);
    setSeed(said);
    setText(said);
  }
  return (
    <ActDialog
      act={createAct(body as never, (id) => void navigate({ to: '/automations/$id', params: { id } }))}
      onClose={onClose}
      isReady={isReady}
      wide
    >
      <Segments label="How it is written" value={way} choices={WAYS} onChange={go} />
      {isForm ? (
        <>
          <TextField label="Name" value={name} onChange={setName} />
          <TriggerFields draft={trigger} onChange={change} />
          <ActionFields draft={action} watched={trigger.watched} onChange={setAction} />
          {isReady && (
            <p role="status">
              When {triggerWords(meant.trigger)}: {meant.actions.map(actionWords).join(', ')}.
            </p>
          )}
        </>
      ) : (
        <TextArea
          label="The automation as JSON"
          value={text}
          onChange={setText}
          rows={18}
          spellCheck={false}
          fault={fault}
          hint="A name, a trigger (event, compound or sequence) and actions, as Prefect has them. It begins with what the form says."
        />
      )}
    </ActDialog>
  );
}
