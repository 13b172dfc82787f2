import type { FlowRun } from '../../api/flow-runs.ts';

const MOST = 60;

/** What tells a run from its neighbours: the table that it loads, else its parameters in short. */
export function whatOf({ parameters }: Pick<FlowRun, 'parameters'>): string {
  const { table } = parameters;
  if (typeof table === 'string' || typeof table === 'number') return String(table);
  const entries = Object.entries(parameters);
  if (entries.length === 0) return '';
  const text = entries.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ');
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}
