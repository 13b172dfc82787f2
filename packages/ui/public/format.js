const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An instant of the wire as milliseconds; null stays null. @param {string | null | undefined} instant */
export const millis = (instant) => (instant ? Date.parse(instant) : null);

const two = (/** @type {number} */ value) => String(Math.floor(value)).padStart(2, '0');

/** How long something took: `0.42 s`, `7.3 s`, `42 s`, `2 min 05 s`, `3 h 07 min`. @param {number} ms */
export function duration(ms) {
  const span = Math.max(0, ms);
  if (span < SECOND) return `${(span / SECOND).toFixed(2)} s`;
  if (span < 10 * SECOND) return `${(span / SECOND).toFixed(1)} s`;
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min ${two((span % MINUTE) / SECOND)} s`;
  if (span < DAY) return `${Math.floor(span / HOUR)} h ${two((span % HOUR) / MINUTE)} min`;
  return `${Math.floor(span / DAY)} d ${Math.floor((span % DAY) / HOUR)} h`;
}

/** How long ago, in its largest unit: a figure that is read in passing. @param {number} ms */
export function age(ms) {
  const span = Math.max(0, ms);
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < DAY) return `${Math.floor(span / HOUR)} h`;
  return `${Math.floor(span / DAY)} d`;
}

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const EXACT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `987`, `12.4K`, `4.1M`. @param {number} value */
export const short = (value) => COMPACT.format(value);

/** `4,123,456`. @param {number} value */
export const exact = (value) => EXACT.format(value);

/** @param {number} bytes */
export const bytes = (bytes) => (bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`);

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** The time of day, here; with the day when it is not today. @param {number} ms @param {number} now */
export function clock(ms, now) {
  const time = TIME.format(ms);
  return DATE.format(ms) === DATE.format(now) ? time : `${DATE.format(ms)}, ${time}`;
}

/** The time of day with milliseconds, for lines that follow each other closely. @param {number} ms */
export const preciseClock = (ms) => `${TIME.format(ms)}.${String(Math.floor(ms % SECOND)).padStart(3, '0')}`;

/** @param {number} count @param {string} noun */
export const plural = (count, noun) => `${exact(count)} ${noun}${count === 1 ? '' : 's'}`;

/**
 * Parameters in a few words: the value alone when there is only one, or when one is called `table`, as in the ETL.
 * @param {Record<string, unknown>} parameters
 */
export function parameterText(parameters) {
  const entries = Object.entries(parameters);
  const table = entries.find(([name]) => name === 'table') ?? (entries.length === 1 ? entries[0] : undefined);
  if (table && typeof table[1] !== 'object') return String(table[1]);
  const text = entries.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ');
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
