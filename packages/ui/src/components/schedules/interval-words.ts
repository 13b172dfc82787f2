const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** `every 15 minutes`, `every 1 hour 30 minutes`. */
export function intervalWords(seconds: number): string {
  if (!Number.isInteger(seconds)) return `every ${seconds} seconds`;
  let rest = seconds;
  const parts: [number, string][] = [];
  for (const [size, unit] of UNITS) {
    const many = Math.floor(rest / size);
    rest -= many * size;
    if (many > 0) parts.push([many, unit]);
  }
  const [first] = parts;
  if (parts.length === 1 && first?.[0] === 1) return `every ${first[1]}`;
  return `every ${parts.map(([many, unit]) => `${many} ${unit}${many === 1 ? '' : 's'}`).join(' ')}`;
}

const SHORT = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'm'],
] as const;

/** As it is typed: `15m`, `90s`, in the largest unit of which it is a whole number. */
export function intervalText(seconds: number): string {
  const [size, unit] = SHORT.find(([size]) => seconds % size === 0) ?? [1, 's'];
  return `${seconds / size}${unit}`;
}
