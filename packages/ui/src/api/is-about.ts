import type { Told } from '@sluice/core/events/topics';

/*
 * A run that is on a page is asked for again when it was told of, not when any run was: its parameters may be large, and a busy server
 * tells of many runs.
 */

const flowRunOf = (told: Told): string | undefined =>
  told.topic === 'flow_run' ? ('deleted' in told.data ? told.data.id : told.data.flow_run.id) : undefined;

export const isOfRun =
  (id: string) =>
  (told: Told): boolean =>
    flowRunOf(told) === id;

export const isOfTask =
  (id: string) =>
  (told: Told): boolean =>
    told.topic === 'task_run' && told.data.task_run.id === id;

/** What it shows to people; one that is gone says not of which run it was. */
export const isArtifactOf =
  (id: string) =>
  (told: Told): boolean =>
    told.topic === 'artifact' && ('deleted' in told.data || told.data.flow_run_id === id);

/** Of its task runs, and of flow runs that may be its children: the event says by which task run a flow run was started, not of whom. */
export const isOfTrace =
  (id: string) =>
  (told: Told): boolean => {
    if (told.topic === 'task_run') return told.data.task_run.flow_run_id === id;
    if (told.topic !== 'flow_run') return false;
    return 'deleted' in told.data || told.data.flow_run.id === id || told.data.flow_run.parent_task_run_id !== null;
  };
