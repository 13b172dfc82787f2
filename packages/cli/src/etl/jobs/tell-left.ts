import { readJobs, readStarted } from './notes.ts';
import { forgetSources } from './sources.ts';
import { inTurn } from './turn.ts';

/** What a killed `sluice etl` has left up, with how to stop it; undefined when there is nothing. What it only had noted is forgotten. */
export async function describeLeft(home: string): Promise<string | undefined> {
  const { live, dead } = await readJobs(home);
  if (dead.length === 0 || live.length > 0) return undefined;
  const { server, workers } = await readStarted(home);
  const left = [
    ...(server && !server.kept ? [{ what: `the server (process ${server.pid})`, stop: 'sluice server stop' }] : []),
    ...(workers && !workers.kept ? [{ what: `workers (process ${workers.pid})`, stop: `kill ${workers.pid}` }] : []),
  ];
  if (left.length === 0) {
    await inTurn(home, {}, () => forgetSources(home, dead));
    return undefined;
  }
  const sources = dead.flatMap(({ source }) => (source === null ? [] : [`the place of the source ${source} in sources.json`]));
  const who = dead.map(({ pid }) => `process ${pid}`).join(', ');
  // A run that goes on would keep its worker up.
  const runs = dead.flatMap(({ flow_run }) => flow_run ?? []);
  const stops = [...(runs.length > 0 && server ? [`sluice flow-run cancel ${runs.join(' ')}`] : []), ...left.map(({ stop }) => stop).reverse()];
  return `A sluice etl (${who}) was killed and has left: ${[...left.map(({ what }) => what), ...sources].join(', ')}. To stop them: ${stops.join(' && ')}`;
}
