const STEPS = [
  { seconds: 86_400, unit: 'd' },
  { seconds: 3600, unit: 'h' },
  { seconds: 60, unit: 'm' },
  { seconds: 1, unit: 's' },
] as const;

/** A span in its largest unit: `45s`, `3m`, `2h`, `9d`. */
function span(seconds: number): string {
  const step = STEPS.find((each) => seconds >= each.seconds);
  return step ? `${Math.floor(seconds / step.seconds)}${step.unit}` : '0s';
}

/** An instant as seen from now: `3m ago`, `in 2h`. */
export function ago(instant: string, nowMs: number): string {
  const seconds = (nowMs - Date.parse(instant)) / 1000;
  if (Math.abs(seconds) < 1) return 'now';
  return seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
}

/** How long something took: `0.24 s`, `12.5 s`, `3m 20s`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m ${Math.floor(seconds % 60)}s` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}
