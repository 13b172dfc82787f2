import { isObject } from '@sluice/core/lib/json';
import { useState } from 'react';
import { TextArea, TextField } from '../base/field.tsx';
import { Note } from '../base/notice.tsx';
import { Segments } from '../base/segments.tsx';
import { readJson } from '../schema-form/exact-json.ts';
import { actionsFor, FIRST_ACTION, isActionReady } from './action-draft.ts';
import { ActionFields } from './action-fields.tsx';
import styles from './automation-form.module.css';
import { actionWords, triggerWords } from './automation-words.ts';
import { type Draft, FIRST_DRAFT, readBody, saidBy } from './bodies.ts';
import { PartTitle } from './part-title.tsx';
import { placeRefusals, type Refusal, refusalsOf, refusalText } from './refusals.ts';
import { isTriggerReady, type TriggerDraft } from './trigger-draft.ts';
import { TriggerFields } from './trigger-fields.tsx';

const WAYS = { form: 'Form', json: 'JSON' };

interface Asked<B> {
  /** The automation that is changed; undefined for a new one. */
  readonly first: B | undefined;
  /** All that a request says, of what the form says. */
  readonly toBody: (draft: Draft) => B;
}

/** What a person has said of an automation, by the form for what is usual, or as JSON, in Prefect's shape, for all else. */
export function useAutomationForm<B extends object>({ first, toBody }: Asked<B>) {
  const [start] = useState(() => (first ? readBody(first) : FIRST_DRAFT));
  const [way, setWay] = useState(start ? 'form' : 'json');
  const [draft, setDraft] = useState(start ?? FIRST_DRAFT);
  const [text, setText] = useState(() => (start ? '' : textOf(first)));
  /** What the form has written there. */
  const [seed, setSeed] = useState(text);
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  const reading = readJson(text);
  const written = 'value' in reading && isObject(reading.value) ? reading.value : undefined;
  const fault = 'fault' in reading ? reading.fault : written ? undefined : 'An automation is an object: {"name": …}.';
  const isForm = way === 'form';
  const body = isForm ? toBody(draft) : ((written ?? {}) as B);
  function change(next: Draft): void {
    setDraft(next);
    setRefusals([]);
  }
  function write(next: string): void {
    setText(next);
    setRefusals([]);
  }
  function go(next: string): void {
    setWay(next);
    setRefusals([]);
    if (next === 'json' && text === seed) {
      const said = textOf(toBody(draft));
      setSeed(said);
      setText(said);
      return;
    }
    // What the form cannot show stays as it is written, and is not saved from there.
    const read = next === 'form' && text !== seed ? readBody(written) : undefined;
    if (!read) return;
    setDraft(read);
    setSeed(text);
  }
  function onFault(error: unknown): boolean {
    const found = refusalsOf(error) ?? [];
    setRefusals(found);
    return found.length > 0;
  }
  const content = (
    <>
      {start && <Segments label="How it is written" value={way} choices={WAYS} onChange={go} />}
      {!start && <Note>The form does not show all that this automation says, so that it is changed as JSON.</Note>}
      {isForm && text !== seed && <Note>The form cannot show what is written as JSON: from here, what the form says is saved.</Note>}
      {isForm ? (
        <Fields draft={draft} refusals={refusals} onChange={change} />
      ) : (
        <TextArea
          label="The automation as JSON"
          value={text}
          onChange={write}
          rows={18}
          spellCheck={false}
          fault={fault ?? (refusals.length > 0 && refusals.map(refusalText).join('; '))}
          hint="A name, a trigger (event, compound or sequence) and actions, as Prefect has them."
        />
      )}
    </>
  );
  const isReady = isForm ? isDraftReady(draft) : fault === undefined;
  const isChanged = !first || JSON.stringify(isForm ? toBody(draft) : written) !== JSON.stringify(first);
  return { body, content, isReady: isReady && isChanged, onFault };
}

const textOf = (body: unknown): string => JSON.stringify(body, null, 2);
const isDraftReady = ({ name, trigger, action }: Draft): boolean => name !== '' && isTriggerReady(trigger) && isActionReady(action, trigger.watched);

interface FieldsProps {
  readonly draft: Draft;
  readonly refusals: readonly Refusal[];
  readonly onChange: (draft: Draft) => void;
}

function Fields({ draft, refusals, onChange }: FieldsProps) {
  const { name, description, tags, trigger, action } = draft;
  const { refused, others } = placeRefusals(refusals, draft);
  function changeTrigger(next: TriggerDraft): void {
    const isLeft = !actionsFor(next.watched).includes(action.type);
    onChange({ ...draft, trigger: next, ...(isLeft && { action: { ...action, type: FIRST_ACTION.type, target: '' } }) });
  }
  return (
    <>
      <TextField label="Name" value={name} onChange={(name) => onChange({ ...draft, name })} fault={refused.name} />
      <TriggerFields draft={trigger} onChange={changeTrigger} refused={refused} />
      <ActionFields draft={action} watched={trigger.watched} onChange={(action) => onChange({ ...draft, action })} refused={refused} />
      <PartTitle>What people read of it</PartTitle>
      <TextArea
        label="Description"
        value={description}
        onChange={(description) => onChange({ ...draft, description })}
        rows={2}
        fault={refused.description}
      />
      <TextField label="Tags" value={tags} onChange={(tags) => onChange({ ...draft, tags })} hint="With commas between them." fault={refused.tags} />
      {isDraftReady(draft) && (
        <p role="status">
          When {triggerWords(saidBy(draft).trigger)}: {saidBy(draft).actions.map(actionWords).join(', ')}.
        </p>
      )}
      {others.map((refusal) => (
        <p key={refusalText(refusal)} className={styles['fault']} role="alert">
          {refusalText(refusal)}
        </p>
      ))}
    </>
  );
}
