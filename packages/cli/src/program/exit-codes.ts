import { EXIT } from '@sluice/core/errors/catalog';

/** What each exit code says, for the help and the documentation. */
const MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done',
  failed: 'failed: the command, or the run it watched',
  usage: 'wrong usage or settings',
  notFound: 'not found',
  auth: 'not allowed: no key, or a wrong one',
  unreachable: 'server or source unreachable',
  crashed: 'the run crashed',
  cancelled: 'the run was cancelled',
  unreadable: 'some tables could not be read',
  timeout: 'timed out',
  interrupted: 'stopped by Ctrl+C',
};

export const EXIT_CODES = (Object.keys(EXIT) as (keyof typeof EXIT)[])
  .map((name) => ({ code: EXIT[name], meaning: MEANING[name] }))
  .sort((a, b) => a.code - b.code);
