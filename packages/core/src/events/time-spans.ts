import { type Instant, SECOND, toInstant, toMicros } from '../lib/time.ts';

/** Spans of time are counted from here, a Monday: Prefect's. */
export const PIVOT: Instant = '2024-04-01T00:00:00.000000+00:00';

export const TIME_UNITS = { week: 604_800, day: 86_400, hour: 3600, minute: 60, second: 1 } as const;
export type TimeUnit = keyof typeof TIME_UNITS;

const MOST_SPANS = 1000;

interface Asked {
  readonly since: Instant;
  readonly until: Instant;
  readonly unit: TimeUnit;
  readonly interval: number;
  readonly now: Instant;
}

export interface TimeSpan {
  /** Its number, counted from the pivot. */
  readonly place: number;
  readonly start_time: Instant;
  readonly end_time: Instant;
}

/** The spans of a time, as Prefect 3 cuts them; a sentence when there would be too many. */
export function timeSpans({ since, until, unit, interval, now }: Asked): TimeSpan[] | string {
  const step = TIME_UNITS[unit] * interval * SECOND;
  const [start, end, pivot] = [toMicros(since), toMicros(until), toMicros(PIVOT)];
  const count = Math.ceil((end - start) / step);
  if (count > MOST_SPANS) {
    return `The given interval would create ${count} buckets, which is too many. Please increase the interval or reduce the time range to produce ${MOST_SPANS} buckets or fewer.`;
  }
  const unitMicros = TIME_UNITS[unit] * SECOND;
  // Nothing is counted that is still to come: the last span is that of now.
  const last = Math.min(end, pivot + Math.ceil((toMicros(now) + 1 - pivot) / unitMicros) * unitMicros);
  const spans: TimeSpan[] = [];
  for (let place = Math.floor((start - pivot) / step); pivot + place * step < last; place++) {
    const from = pivot + place * step;
    spans.push({ place, start_time: toInstant(from), end_time: toInstant(from + step - 1) });
  }
  return spans;
}
