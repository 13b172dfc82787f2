import type { SlotRow } from '../store/slots.ts';

/** Slots that are held by a person's word. */
export const anonymousSlot = (newId: () => string, concurrency_limit_id: string, slots: number): SlotRow => ({
  id: newId(),
  concurrency_limit_id,
  lease_id: newId(),
  slots,
  lease_seconds: null,
  holder_type: null,
  holder_id: null,
  flow_run_id: null,
  epoch: null,
  unit: null,
});
