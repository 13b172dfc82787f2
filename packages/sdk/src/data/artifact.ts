import type { Json, JsonObject } from '@sluice/core/lib/json';
import { currentContext } from '../context.ts';
import { useClient } from '../settings/use-client.ts';

export interface ArtifactOptions {
  /** Small letters, digits and dashes: artifacts of one key are versions of one thing, and the newest is shown. */
  readonly key?: string;
  /** Markdown above it. */
  readonly description?: string;
}

/** Makes an artifact of the current run, and resolves with its id. Outside of a run it belongs to none. */
async function make(type: string, data: Json, { key, description }: ArtifactOptions): Promise<string> {
  const { flow_run_id = null, task_run_id = null } = currentContext()?.run ?? {};
  const body = { type, data, flow_run_id, task_run_id, ...(key !== undefined && { key }), ...(description !== undefined && { description }) };
  return (await useClient((client) => client.request('POST /artifacts/', { body }))).id;
}

/** What a run shows to people: Prefect's artifacts, in the forms that its pages and ours draw. */
export const artifact = {
  markdown: (text: string, options: ArtifactOptions = {}): Promise<string> => make('markdown', text, options),
  /** A row for each object, a column for each name. */
  table: (rows: readonly JsonObject[], options: ArtifactOptions = {}): Promise<string> => make('table', JSON.stringify(rows), options),
  link: (url: string, { text = url, ...options }: ArtifactOptions & { readonly text?: string } = {}): Promise<string> =>
    make('markdown', `[${text}](${url})`, options),
  /** A picture that the page fetches from there. */
  image: (url: string, options: ArtifactOptions = {}): Promise<string> => make('image', url, options),
  /** How much is done, from 0 to 100; `set` moves it on. */
  progress: async (percent: number, options: ArtifactOptions = {}): Promise<{ readonly id: string; set(percent: number): Promise<void> }> => {
    const id = await make('progress', percent, options);
    return {
      id,
      set: (next) => useClient((client) => client.request('PATCH /artifacts/{id}', { params: { id }, body: { data: next } })),
    };
  },
};
