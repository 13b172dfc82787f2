import { isObject } from '@sluice/core/lib/json';
import { useQuery } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { type FormEvent, type MouseEvent, useState } from 'react';
import type { FlowRun } from '../../api/flow-runs.ts';
import { runInputs } from '../../api/run-inputs.ts';
import { OtherWays } from '../acts/act-dialog.tsx';
import { useAct } from '../acts/use-act.ts';
import { Answer } from '../base/answer.tsx';
import { Button } from '../base/button.tsx';
import { Card } from '../base/card.tsx';
import { Markdown } from '../base/markdown.tsx';
import { Fault, Note } from '../base/notice.tsx';
import { When } from '../base/when.tsx';
import { ValuesForm } from '../schema-form/lazy-form.tsx';
import { answerAct } from './acts.ts';
import styles from './run-input.module.css';
import type { InputKeys } from './waits-for-input.ts';

/** Prefect's clients write a text as JSON. */
function readText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface RunInputProps {
  readonly run: FlowRun;
  readonly keys: InputKeys;
}

/** What a paused run asks, and the form by which it is answered and goes on. */
export function RunInput({ run, keys }: RunInputProps) {
  const schema = useQuery(runInputs.awaited(run.id, keys.schema));
  const description = useQuery(runInputs.text(run.id, keys.description)).data;
  const until = run.state?.state_details.pause_timeout;
  return (
    <Card
      title="It waits for an answer"
      actions={
        until && (
          <span className="quiet">
            gives up <When at={until} />
          </span>
        )
      }
    >
      {description && <Markdown text={String(readText(description))} />}
      <Answer of={schema} height={120}>
        {(text) => (text === null ? <Note>It has not yet said what it asks.</Note> : <Form run={run} schema={readText(text)} />)}
      </Answer>
    </Card>
  );
}

const REFUSED = 'Reason: ';
/** The server's sentences about fields, of what it has refused. */
const sentencesOf = (error: unknown): readonly string[] | undefined =>
  error instanceof Error && error.message.startsWith(REFUSED) ? error.message.slice(REFUSED.length).split('; ') : undefined;

/** To leave a field checks it: sentences would come and go, and move the button away from under the pointer. */
const stayInField = (event: MouseEvent) => event.preventDefault();

function Form({ run, schema }: { readonly run: FlowRun; readonly schema: unknown }) {
  const [value, setValue] = useState<{ readonly [name: string]: unknown }>({});
  const [fault, setFault] = useState<string>();
  const [refused, setRefused] = useState<readonly string[]>();
  const {
    isBusy,
    error,
    run: send,
  } = useAct((thrown) => {
    const sentences = sentencesOf(thrown);
    setRefused(sentences);
    return sentences !== undefined;
  });
  const act = answerAct(run, value);
  function change(next: typeof value, wrong?: string): void {
    setValue(next);
    setFault(wrong);
    setRefused(undefined);
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    void send(act);
  }
  const known = isObject(schema) ? schema : {};
  return (
    <form className={styles['form']} onSubmit={submit}>
      <ValuesForm
        title={typeof known['title'] === 'string' ? known['title'] : 'Answer'}
        schema={known}
        value={value}
        onChange={change}
        fault={fault}
        refused={refused}
      />
      {error !== undefined && <Fault error={error} />}
      <div>
        <Button type="submit" onMouseDown={stayInField} kind="primary" icon={Play} disabled={isBusy || fault !== undefined} aria-busy={isBusy}>
          {isBusy ? 'Wait …' : 'Resume'}
        </Button>
      </div>
      <details>
        <summary className="quiet">The same without this page</summary>
        <OtherWays act={act} />
      </details>
    </form>
  );
}
