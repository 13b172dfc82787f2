import { decimal, flag, whole } from '../program/options.ts';

/** What a global concurrency limit is made of, with Prefect's flags. */
export const LIMIT_OPTIONS = {
  limit: whole('-l, --limit <number>', 'Slots that can be taken at once', undefined, { min: 0 }),
  activeSlots: whole('--active-slots <number>', 'Slots that count as taken', undefined, { min: 0 }),
  decay: decimal('--slot-decay-per-second <number>', 'Slots that come free each second, for a rate limit'),
  disable: flag('--disable', 'Do not enforce the limit: everybody passes'),
};

interface Typed {
  readonly limit: number | undefined;
  readonly activeSlots: number | undefined;
  readonly decay: number | undefined;
}

/** Only what was typed. */
export const toLimitBody = ({ limit, activeSlots, decay }: Typed) => ({
  ...(limit !== undefined && { limit }),
  ...(activeSlots !== undefined && { active_slots: activeSlots }),
  ...(decay !== undefined && { slot_decay_per_second: decay }),
});
