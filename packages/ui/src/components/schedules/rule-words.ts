/*
 * Rules of RFC 5545 in words, as far as they are simple. A part that is not known here makes the whole unknown: half of a rule in words
 * would be another rule.
 */

const UNITS: { readonly [freq: string]: string } = {
  SECONDLY: 'second',
  MINUTELY: 'minute',
  HOURLY: 'hour',
  DAILY: 'day',
  WEEKLY: 'week',
  MONTHLY: 'month',
  YEARLY: 'year',
};
const DAYS: { readonly [day: string]: string } = {
  MO: 'Monday',
  TU: 'Tuesday',
  WE: 'Wednesday',
  TH: 'Thursday',
  FR: 'Friday',
  SA: 'Saturday',
  SU: 'Sunday',
};
const KNOWN = new Set(['FREQ', 'INTERVAL', 'BYDAY', 'BYHOUR', 'BYMINUTE', 'BYSECOND', 'BYMONTHDAY', 'COUNT', 'UNTIL', 'WKST']);

const pad = (value: string) => value.padStart(2, '0');

/** `every week on Monday, Friday at 06:00`; undefined for a rule that has more to it. */
export function ruleWords(text: string): string | undefined {
  const lines = text.split(/\s+/).filter((line) => line !== '' && !line.startsWith('DTSTART'));
  if (lines.length !== 1) return undefined;
  const parts = new Map(
    (lines[0] as string)
      .replace(/^RRULE:/, '')
      .split(';')
      .map((part) => part.split('=') as [string, string]),
  );
  const unit = UNITS[parts.get('FREQ') ?? ''];
  if (!unit || [...parts.keys()].some((name) => !KNOWN.has(name))) return undefined;
  const every = Number(parts.get('INTERVAL') ?? 1);
  const days = parts
    .get('BYDAY')
    ?.split(',')
    .map((day) => DAYS[day]);
  if (days?.some((day) => day === undefined)) return undefined;
  const [hour, minute = '0'] = [parts.get('BYHOUR'), parts.get('BYMINUTE')];
  if (hour?.includes(',') || minute.includes(',') || (hour === undefined && parts.has('BYMINUTE'))) return undefined;
  const [monthday, count, until] = [parts.get('BYMONTHDAY'), parts.get('COUNT'), parts.get('UNTIL')];
  return [
    every === 1 ? `every ${unit}` : `every ${every} ${unit}s`,
    days && `on ${days.join(', ')}`,
    monthday && `on day ${monthday} of the month`,
    hour !== undefined && `at ${pad(hour)}:${pad(minute)}`,
    count && `${count} times`,
    until && `until ${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6, 8)}`,
  ]
    .filter(Boolean)
    .join(' ');
}
