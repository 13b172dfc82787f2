import type { SlotHolder } from '../find/slots.ts';
import { type Column, column, instantColumn, stateColumn } from './column.ts';
import { counted } from './counted.ts';
import { tell } from './message.ts';

export const SLOT_COLUMNS: readonly Column<SlotHolder>[] = [
  column('Work queue', ({ queue }) => queue),
  column('Name', ({ name }) => name),
  stateColumn(),
  instantColumn('Since', ({ state_timestamp }) => state_timestamp),
  column('ID', ({ id }) => id),
];

/** `2 of 4 slots of work pool "etl" are taken.` */
export const tellSlots = (what: string, { active_slots, concurrency_limit }: { active_slots: number; concurrency_limit: number | null }): void =>
  tell(
    concurrency_limit === null
      ? `${counted(active_slots, 'run has', 'runs have')} a slot of ${what}, which has no limit.`
      : `${active_slots} of ${counted(concurrency_limit, 'slot', 'slots')} of ${what} ${active_slots === 1 ? 'is' : 'are'} taken.`,
  );
