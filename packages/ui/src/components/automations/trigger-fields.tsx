import { FieldRow, SelectField, TextField } from '../base/field.tsx';
import { Segments } from '../base/segments.tsx';
import { PartTitle } from './part-title.tsx';
import type { Refused } from './refusals.ts';
import { durationFault, KINDS, type TriggerDraft, type Watched, watching } from './trigger-draft.ts';

const WATCHED = Object.entries(KINDS).map(([kind, { label }]) => [kind, label] as const);
const NAMES = 'Nothing: all. * stands for any letters; commas between names.';

interface TriggerFieldsProps {
  readonly draft: TriggerDraft;
  readonly onChange: (draft: TriggerDraft) => void;
  /** What the server says of its fields. */
  readonly refused: Refused;
}

/** When an automation acts. */
export function TriggerFields({ draft, onChange, refused }: TriggerFieldsProps) {
  const { watched, state, names, within, event, posture, duration } = draft;
  const isEvent = watched === 'event';
  const { states, within: places } = KINDS[watched];
  return (
    <>
      <PartTitle>When</PartTitle>
      <FieldRow>
        <SelectField label="What is watched" value={watched} choices={WATCHED} onChange={(next) => onChange(watching(draft, next as Watched))} />
        {isEvent ? (
          <TextField
            label="Event"
            value={event}
            onChange={(event) => onChange({ ...draft, event })}
            spellCheck={false}
            fault={refused.event}
            hint="Its name, such as load.failed; load.* for all that begin so."
          />
        ) : (
          <SelectField label="State" value={state} choices={states} onChange={(state) => onChange({ ...draft, state })} />
        )}
      </FieldRow>
      <Segments
        label="What happens"
        value={posture}
        choices={isEvent ? { comes: 'It comes', stays: 'It does not come' } : { comes: 'Enters the state', stays: 'Stays in the state' }}
        onChange={(next) => onChange({ ...draft, posture: next as TriggerDraft['posture'] })}
      />
      {posture === 'stays' && (
        <TextField
          label={isEvent ? 'Not seen for' : 'For'}
          value={duration}
          onChange={(duration) => onChange({ ...draft, duration })}
          fault={durationFault(draft) ?? refused.duration}
        />
      )}
      <FieldRow>
        {watched !== 'flow-run' && (
          <TextField
            label={isEvent ? 'Of the resource' : 'With the name'}
            value={names}
            onChange={(names) => onChange({ ...draft, names })}
            spellCheck={false}
            fault={refused.names}
            hint={isEvent ? 'Its id, such as table.orders; table.* for all that begin so. Nothing: all.' : NAMES}
          />
        )}
        {places.map(([role, label], index) => (
          <TextField
            key={role}
            label={label}
            value={within[role] ?? ''}
            onChange={(names) => onChange({ ...draft, within: { ...within, [role]: names } })}
            spellCheck={false}
            hint={watched === 'flow-run' && index === 0 ? NAMES : undefined}
          />
        ))}
      </FieldRow>
    </>
  );
}
