import { isObject } from '@sluice/core/lib/json';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ActDialog } from '../acts/act-dialog.tsx';
import { TextArea } from '../base/field.tsx';
import { readJson } from '../schema-form/exact-json.ts';
import { createAct } from './acts.ts';

const EXAMPLE = {
  name: 'cancel-what-crashes-again',
  trigger: {
    type: 'event',
    posture: 'Reactive',
    expect: ['prefect.flow-run.Crashed'],
    for_each: ['prefect.resource.id'],
    threshold: 2,
    within: 600,
  },
  actions: [{ type: 'cancel-flow-run' }],
};

/** Asks for an automation as JSON, in Prefect's shape. */
export function CreateAutomation({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState(JSON.stringify(EXAMPLE, null, 2));
  const reading = readJson(text);
  const fault = 'fault' in reading ? reading.fault : isObject(reading.value) ? undefined : 'An automation is an object: {"name": …}.';
  const body = 'value' in reading && isObject(reading.value) ? reading.value : {};
  return (
    <ActDialog
      act={createAct(body as never, (id) => void navigate({ to: '/automations/$id', params: { id } }))}
      onClose={onClose}
      isReady={fault === undefined}
      wide
    >
      <TextArea
        label="The automation as JSON"
        value={text}
        onChange={setText}
        rows={14}
        spellCheck={false}
        fault={fault}
        hint="A name, a trigger (event, compound or sequence) and actions, as Prefect has them."
      />
    </ActDialog>
  );
}
