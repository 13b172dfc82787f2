import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import type { Catchup, DeploymentSchedule } from '@sluice/core/model/schedule';
import { useState } from 'react';
import { FieldRow, SelectField, TextArea, TextField } from '../base/field.tsx';
import { Segments } from '../base/segments.tsx';
import { CATCHUP_WORDS } from './catchup-words.ts';
import { intervalText, intervalWords } from './interval-words.ts';
import { ruleWords } from './rule-words.ts';
import { cronWords } from './schedule-words.ts';

const KINDS = { interval: 'Interval', cron: 'Cron', rrule: 'RRule' } as const;
type Kind = keyof typeof KINDS;
type Rule = { readonly interval: number } | { readonly cron: string } | { readonly rrule: string };

/** Where the person is; none where the browser does not say. */
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
const ZONES = Intl.supportedValuesOf('timeZone');
const CATCHUPS = Object.entries(CATCHUP_WORDS).map(([value, { long }]) => [value, long] as const);

function secondsOf(text: string): number | undefined {
  try {
    return toSeconds(text as Duration) || undefined;
  } catch {
    return undefined;
  }
}

/** The fields for when a schedule makes runs, and what they say. */
export function useScheduleFields(before?: DeploymentSchedule) {
  const was: { readonly interval?: number; readonly cron?: string; readonly rrule?: string } = before?.schedule ?? {};
  const [kind, setKind] = useState<Kind>(was.interval === undefined ? (was.rrule === undefined ? 'cron' : 'rrule') : 'interval');
  const [every, setEvery] = useState(intervalText(was.interval ?? 3600));
  const [cron, setCron] = useState(was.cron ?? '0 6 * * *');
  const [rule, setRule] = useState(was.rrule ?? 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=6;BYMINUTE=0');
  const [timezone, setTimezone] = useState(before ? (before.schedule.timezone ?? 'UTC') : HERE);
  const [catchup, setCatchup] = useState<Catchup>(before?.catchup ?? 'none');
  const seconds = secondsOf(every);
  const rules: { readonly [K in Kind]: Rule } = { interval: { interval: seconds ?? 0 }, cron: { cron }, rrule: { rrule: rule } };
  const content = (
    <>
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
      <SelectField
        label="Times that are missed"
        value={catchup}
        choices={CATCHUPS}
        onChange={(next) => setCatchup(next as Catchup)}
        hint="Those that pass while no server runs, or while the schedule or its deployment is off."
      />
    </>
  );
  return {
    rule: rules[kind],
    timezone,
    catchup,
    isReady: { interval: seconds !== undefined, cron: cron.trim() !== '', rrule: rule.trim() !== '' }[kind] && timezone.trim() !== '',
    content,
  };
}
