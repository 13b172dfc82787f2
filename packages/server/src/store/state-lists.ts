import { FAILED_STATE_TYPES, FINAL_STATE_TYPES, isFinal, STATE_TYPES, type StateType } from '@sluice/core/model/state-type';
import type { Fragment, Sql } from '../db/database.ts';

/** For `in (…)`. Literals: the planner compares them with what a partial index leaves out, and parameters it does not know. */
const listed = (types: readonly StateType[]) => types.map((type) => `'${type}'`).join(', ');

const FINAL = listed(FINAL_STATE_TYPES);
const FAILED = listed(FAILED_STATE_TYPES);
const STOPPABLE = listed(STATE_TYPES.filter((type) => !isFinal(type) && type !== 'CANCELLING'));
const OPEN = listed(STATE_TYPES.filter((type) => !isFinal(type)));

export const finalTypes = (sql: Sql): Fragment => sql.unsafe(FINAL);

/** Those of a run that did not end well. */
export const failedTypes = (sql: Sql): Fragment => sql.unsafe(FAILED);

/** Those of a run that has neither ended nor been told to stop. */
export const stoppableTypes = (sql: Sql): Fragment => sql.unsafe(STOPPABLE);

/** Those of a run that has not ended. */
export const openTypes = (sql: Sql): Fragment => sql.unsafe(OPEN);
