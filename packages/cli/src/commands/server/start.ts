import { once } from 'node:events';
import type { ServerOptions } from '@sluice/server';
import { cliSettings, type Flags } from '../../home/settings.ts';
import { reportFailure, reportReady, startInBackground } from '../../home/start-in-background.ts';
import { defineCommand } from '../../program/define-command.ts';
import { outliveOutput } from '../../program/end-with-output.ts';
import { flag, noFlag, text } from '../../program/options.ts';
import { onStopSignals } from '../../program/stop-signals.ts';
import { say, tell } from '../../render/message.ts';

export const command = defineCommand({
  options: {
    host: text('--host <address>', 'Address to listen on'),
    port: text('--port <number>', 'Port to listen on; 0 takes a free one'),
    logLevel: text('--log-level <level>', 'Lowest level that is logged; the setting SLUICE_LOGGING_LEVEL when left out'),
    nextFreePort: flag('--next-free-port', 'When the port is taken, use the next free one'),
    allowOpen: flag('--allow-open', 'Listen beyond this machine even without a key'),
    services: noFlag('--no-services', 'Serve the API alone: another process runs the loops, with sluice server services start'),
    ui: noFlag('--no-ui', 'Serve the API alone, without the dashboard'),
    background: flag('-b, --background', 'Run in the background: return when it is ready; sluice server stop stops it'),
  },
  examples: ['sluice server start', 'sluice server start --background --port 4300', 'SLUICE_API_KEY=… sluice server start --host 0.0.0.0'],
  run: async ({ options: { host, port, logLevel, nextFreePort, allowOpen, services, ui, background }, globals }) => {
    const flags: Flags = { host, port, logging_level: logLevel, ...(allowOpen && { allow_open: 'true' }) };
    const { values, sources } = await cliSettings(globals, flags);
    if (!background) return runHere({ settings: values, sources, nextFreePort, services, ui });
    const given = {
      '--host': host,
      '--port': port,
      '--log-level': logLevel,
      '--next-free-port': nextFreePort,
      '--allow-open': allowOpen,
      '--no-services': !services,
      '--no-ui': !ui,
    };
    const { url, pid } = await startInBackground(values.home, 'server', toArguments(given));
    announce(url ?? '', ui);
    say(`  Process  ${pid}; stop it with: sluice server stop`);
  },
});

type Started = Pick<ServerOptions, 'settings' | 'sources' | 'nextFreePort' | 'services'> & { readonly ui: boolean };

/** The server in this process, until it is told to stop. Who started this process with a channel is told when it is ready, or why not. */
async function runHere({ ui, ...options }: Started): Promise<void> {
  outliveOutput();
  const [{ startServer }, { pagesFolder }] = await Promise.all([import('@sluice/server'), import('@sluice/ui')]);
  const [stop, stopped] = [new AbortController(), Promise.withResolvers<void>()];
  // From the start, and asked again it goes on to stop: its PostgreSQL would stay.
  const signals = onStopSignals(
    () => stop.abort(),
    () => stopped.promise,
  );
  const server = await startServer({ ...options, ...(ui && { pages: await pagesFolder() }) }).catch(reportFailure);
  if (!stop.signal.aborted) {
    announce(server.url, ui);
    for (const note of server.notes) tell(note);
    reportReady({ url: server.url });
    if (process.stdout.isTTY) say('Press Ctrl+C to stop it.');
    await once(stop.signal, 'abort');
  }
  tell('Stopping …');
  await server.stop();
  stopped.resolve();
  signals.forget();
}

/** The same options again, as they were typed. */
const toArguments = (given: { readonly [flag: string]: string | boolean | undefined }): string[] =>
  Object.entries(given).flatMap(([name, value]) => (typeof value === 'string' ? [name, value] : value ? [name] : []));

function announce(url: string, hasPage: boolean): void {
  say('The server is ready.');
  if (hasPage) say(`  Page     ${url.replace(/\/api$/, '')}`);
  say(`  API      ${url}`);
}
