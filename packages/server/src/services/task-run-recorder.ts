import type { Recorder } from '../orchestrate/recorder.ts';
import type { Service } from './service.ts';

/** Records what is left: task runs whose flow runs came later, and what a server that died had received. Prefect's TaskRunRecorder. */
export const createTaskRunRecorder = ({ recorder }: { recorder: Recorder }): Service => ({
  name: 'task-run-recorder',
  everySeconds: 2,
  tick: async () => ({ recorded: await recorder.tick() }),
});
