import type { Catchup } from '@sluice/core/model/schedule';

/** What is done about times that were missed, in a cell of a table and in a list to choose from. */
export const CATCHUP_WORDS: { readonly [C in Catchup]: { readonly short: string; readonly long: string } } = {
  none: { short: 'left out', long: 'They are left out (none)' },
  last: { short: 'the newest', long: 'The newest of them gets a run (last)' },
  all: { short: 'all', long: 'Each of them gets a run (all)' },
};
