import type { Schedule } from '@sluice/core/model/schedule';
import cronstrue from 'cronstrue';
import { intervalWords } from './interval-words.ts';
import { ruleWords } from './rule-words.ts';

/** A cron pattern in words; undefined when it cannot be read here. */
export function cronWords(pattern: string): string | undefined {
  try {
    const words = cronstrue.toString(pattern.trim(), { use24HourTimeFormat: true, throwExceptionOnParseError: true });
    return `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
  } catch {
    return undefined;
  }
}

/** When a schedule makes runs, as a person would say it. What has no words here stands as it is written. */
export function scheduleWords(schedule: Schedule): string {
  if ('interval' in schedule) return intervalWords(schedule.interval);
  if ('cron' in schedule) return cronWords(schedule.cron) ?? schedule.cron;
  return ruleWords(schedule.rrule) ?? schedule.rrule;
}

/** As it was written; undefined where the words say it all. */
export function scheduleText(schedule: Schedule): string | undefined {
  if ('interval' in schedule) return undefined;
  return 'cron' in schedule ? schedule.cron : schedule.rrule;
}
