const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.2 GB`: powers of 1000, as disks are sold and `df -H` counts. */
export function bytes(count: number): string {
  const power = Math.min(UNITS.length - 1, count < 1 ? 0 : Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** power;
  return `${power === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[power]}`;
}
