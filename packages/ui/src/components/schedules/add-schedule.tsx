import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import { useState } from 'react';
import { ActDialog } from '../acts/act-dialog.tsx';
import { CheckField, FieldRow, TextArea, TextField } from '../base/field.tsx';
import { Segments } from '../base/segments.tsx';
import { addAct, type NewSchedule, type Owner } from './acts.ts';
import { intervalWords } from './interval-words.ts';
import { ruleWords } from './rule-words.ts';
import { cronWords } from './schedule-words.ts';

const KINDS = { interval: 'Interval', cron: 'Cron', rrule: 'RRule' } as const;
type Kind = keyof typeof KINDS;

/** Where the person is; none where the browser does not say. */
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
const ZONES = Intl.supportedValuesOf('timeZone');

function secondsOf(text: string): number | undefined {
  try {
    return toSeconds(text as Duration) || undefined;
  } catch {
    return undefined;
  }
}

/** Asks when runs are to be made. The server reads patterns and rules, and says what is wrong with them. */
export function AddSchedule({ owner, onClose }: { readonly owner: Owner; readonly onClose: () => void }) {
  const [kind, setKind] = useState<Kind>('cron');
  const [every, setEvery] = useState('1h');
  const [cron, setCron] = useState('0 6 * * *');
  const [rule, setRule] = useState('FREQ=WEEKLY;BYDAY=MO;BYHOUR=6;BYMINUTE=0');
  const [timezone, setTimezone] = useState(HERE);
  const [active, setActive] = useState(true);
  const seconds = secondsOf(every);
  const schedules: { readonly [K in Kind]: NewSchedule['schedule'] } = {
    interval: { interval: seconds ?? 0, timezone },
    cron: { cron, timezone },
    rrule: { rrule: rule, timezone },
  };
  const isReady = { interval: seconds !== undefined, cron: cron.trim() !== '', rrule: rule.trim() !== '' }[kind];
  return (
    <ActDialog act={addAct(owner, { schedule: schedules[kind], active })} onClose={onClose} isReady={isReady} wide>
      <Segments label="Kind" value={kind} choices={KINDS} onChange={(next) => setKind(next as Kind)} />
      <FieldRow>
        {kind === 'interval' && (
          <TextField
            label="Every"
            value={every}
            onChange={setEvery}
            hint={seconds ? intervalWords(seconds) : undefined}
            fault={seconds ? undefined : 'Write a number and its unit: 90s, 15m, 2h or 1d.'}
          />
        )}
        {kind === 'cron' && (
          <TextField
            label="Pattern"
            value={cron}
            onChange={setCron}
            spellCheck={false}
            hint={cronWords(cron) ?? 'Minute, hour, day of the month, month, day of the week.'}
          />
        )}
        {kind === 'rrule' && (
          <TextArea label="Rule" value={rule} onChange={setRule} spellCheck={false} hint={ruleWords(rule) ?? 'FREQ=DAILY;BYHOUR=6 and the like.'} />
        )}
        <TextField label="Time zone" value={timezone} onChange={setTimezone} list="time-zones" hint="Its clock is meant, in summer and in winter." />
      </FieldRow>
      <datalist id="time-zones">
        {ZONES.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <CheckField label="It makes runs from now on" isOn={active} onChange={setActive} />
    </ActDialog>
  );
}
