import { appendFileSync } from 'node:fs';
import { EXIT } from '@sluice/core/errors/catalog';
import type { Event } from '@sluice/core/model/event';
import { defineCommand } from '../../program/define-command.ts';
import { choice, file, flag, output } from '../../program/options.ts';
import { onStopSignals } from '../../program/stop-signals.ts';
import { withClient } from '../../program/with-client.ts';
import { say, tell } from '../../render/message.ts';
import { isJson } from '../../render/print.ts';
import { streamEvents } from '../../watch/stream-events.ts';

/** As Prefect's subscriber: what has just happened is told too. */
const BACK_MS = 60_000;

export const command = defineCommand({
  options: {
    format: choice('--format <format>', 'A line of JSON for each event, or of text; json when left out', ['json', 'text']),
    outputFile: file('--output-file <file>', 'A file to which the lines are added, instead of printing them'),
    runOnce: flag('--run-once', 'End after one event'),
    output,
  },
  examples: ['sluice event stream', 'sluice event stream --format text', 'sluice event stream --run-once'],
  run: async ({ options: { format, outputFile, runOnce, output: records }, globals }) => {
    const asText = !isJson(records) && (format === 'text' || (format === undefined && records === 'table'));
    const print = (line: string) => (outputFile === undefined ? say(line) : appendFileSync(outputFile, `${line}\n`));
    const stop = new AbortController();
    const signals = onStopSignals(() => stop.abort());
    try {
      return await withClient(globals, async (client, { api_key, auth_string }) => {
        await client.request('GET /admin/version'); // a server that is not there, or lets nobody in, is told of as everywhere
        const wanted = { apiUrl: client.apiUrl, token: api_key ?? auth_string, since: new Date(Date.now() - BACK_MS) };
        tell('Waiting for events. Ctrl+C ends this.');
        for await (const event of streamEvents(wanted, stop.signal)) {
          print(asText ? eventText(event) : JSON.stringify(event));
          if (runOnce) return EXIT.ok;
        }
        return EXIT.interrupted;
      });
    } finally {
      signals.forget();
    }
  },
});

const eventText = ({ occurred, event, resource }: Event) => `${occurred} ${event} ${resource['prefect.resource.id']}`;
