import { type SupervisorEvents, superviseWorkers } from '@sluice/worker';
import { SLUICE } from '../program/command-line.ts';
import { outliveOutput } from '../program/end-with-output.ts';
import { onStopSignals } from '../program/stop-signals.ts';
import { say } from '../render/message.ts';
import type { WorkerWanted } from './run-worker.ts';

const RULE = '='.repeat(60);

/** Several workers, each a process of its own; those that die are started again. Ends when all have. */
export async function runWorkers({
  settings,
  pool,
  limit,
  queues,
  cleanEnv,
  isOnce,
  names,
}: WorkerWanted & { readonly names: readonly string[] }): Promise<void> {
  outliveOutput();
  say(
    [RULE, 'SLUICE WORKER MANAGER', RULE, `🔗 Sluice server: ${settings.api_url}`, `🏊 Work pool: ${pool}`, `👷 Workers: ${names.length}`, RULE].join(
      '\n',
    ),
  );
  say('');
  const args = [
    'worker',
    'start',
    '--api-url',
    settings.api_url,
    '--pool',
    pool,
    '--limit',
    String(limit),
    ...queues.flatMap((name) => ['-q', name]),
    ...(cleanEnv ? ['--clean-env'] : []),
    ...(isOnce ? ['--run-once'] : []),
  ];
  const waiting = new Set(names);
  const command = (name: string) => ({ program: process.execPath, args: [...SLUICE, ...args, '--name', name] });
  const events: SupervisorEvents = {
    onStarted: (name, pid) => {
      say(`🚀 Starting worker: ${name}`);
      say(`✅ Worker ${name} started (PID: ${pid})`);
      if (!waiting.delete(name) || waiting.size > 0) return;
      say(`\n${RULE}\n✅ All ${names.length} worker(s) started successfully!\n${RULE}\n`);
      say('💡 Workers are now polling for flow runs...\n   Press Ctrl+C to stop all workers\n');
    },
    onDied: (name, how, againInMs) => say(`❌ Worker ${name} died (${how}); it is started again in ${againInMs / 1000} s`),
  };
  const supervisor = superviseWorkers(names, command, events, { endsByItself: isOnce });
  const signals = onStopSignals(
    () => {
      say('\n🛑 Stopping all workers: they finish their flow runs. Ctrl+C again ends it at once.');
      supervisor.stop();
    },
    () => supervisor.kill(),
  );
  await supervisor.ended;
  signals.forget();
  say('✅ All workers stopped');
}
