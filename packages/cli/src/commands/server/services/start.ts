import { once } from 'node:events';
import { cliSettings } from '../../../home/settings.ts';
import { reportFailure, reportReady, startInBackground } from '../../../home/start-in-background.ts';
import { defineCommand } from '../../../program/define-command.ts';
import { outliveOutput } from '../../../program/end-with-output.ts';
import { flag } from '../../../program/options.ts';
import { onStopSignals } from '../../../program/stop-signals.ts';
import { say, tell } from '../../../render/message.ts';

export const command = defineCommand({
  options: { background: flag('--background', 'Run in the background: return when they run; sluice server services stop stops them') },
  examples: [
    'sluice server services start',
    'sluice server services start --background',
    'SLUICE_DATABASE_URL=postgres://… sluice server services start',
  ],
  run: async ({ options, globals }) => {
    const { values } = await cliSettings(globals);
    if (options.background) {
      const { pid } = await startInBackground(values.home, 'services');
      say('The services run.');
      return say(`  Process  ${pid}; stop it with: sluice server services stop`);
    }
    outliveOutput();
    const { startServicesProcess } = await import('@sluice/server');
    const [stop, stopped] = [new AbortController(), Promise.withResolvers<void>()];
    const signals = onStopSignals(
      () => stop.abort(),
      () => stopped.promise,
    );
    const services = await startServicesProcess({ settings: values }).catch(reportFailure);
    if (!stop.signal.aborted) {
      say('The services run.');
      reportReady();
      if (process.stdout.isTTY) say('Press Ctrl+C to stop them.');
      await once(stop.signal, 'abort');
    }
    tell('Stopping …');
    await services.stop();
    stopped.resolve();
    signals.forget();
  },
});
