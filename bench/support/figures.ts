import { loadavg } from 'node:os';

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** One line of a result: what was measured, against what, and the goal it has. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly against?: string;
  readonly ratio?: string;
  readonly goal?: string;
}

/** Prints figures with the machine's load, since a figure of a busy machine means little. */
export function print(title: string, figures: readonly Figure[]): void {
  console.log(
    `\n${title}   (load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')})`,
  );
  console.table(
    figures.map((figure) => ({
      what: figure.what,
      measured: figure.measured,
      against: figure.against ?? '',
      ratio: figure.ratio ?? '',
      goal: figure.goal ?? '',
    })),
  );
}

export const ms = (value: number): string => `${value.toFixed(1)} ms`;
export const perSecond = (value: number): string => `${Math.round(value)}/s`;
