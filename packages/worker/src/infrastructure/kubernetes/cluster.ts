import { type ClusterApi, isStatus, openCluster } from './cluster-api.ts';
import type { Manifest } from './job-manifest.ts';
import { LABELS, type Labels, selector } from './labels.ts';
import type { Job, KubernetesObject, Pod } from './objects.ts';
import { Watched } from './watched.ts';

/** Who wants to hear of a Job. */
interface Follower {
  readonly onJob: (job: Job, isGone: boolean) => void;
  readonly onPod: (pod: Pod, isGone: boolean) => void;
}

type Named = Pick<KubernetesObject['metadata'], 'name' | 'namespace'>;

const jobs = (namespace: string) => `/apis/batch/v1/namespaces/${namespace}/jobs`;
const pods = (namespace: string) => `/api/v1/namespaces/${namespace}/pods`;
const secrets = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`;

/** Lines of a pod's log that are kept of a run that has crashed. */
const LOG_QUERY = { tailLines: '50', limitBytes: '16000' };

/** What a worker does in a cluster: it makes Jobs, hears of them and of their pods, and removes them. */
export class Cluster {
  /** Of this life of the worker; its Jobs bear it. */
  readonly id: string;
  readonly #onNote: (message: string) => void;
  readonly #followers = new Map<string, Follower>();
  readonly #watched = new Map<string, Watched<KubernetesObject>[]>();
  #opening: Promise<ClusterApi> | undefined;

  constructor(id: string, onNote: (message: string) => void) {
    this.id = id;
    this.#onNote = onNote;
  }

  async namespace(): Promise<string> {
    return (await this.#api()).namespace;
  }

  /** Tells of one Job, by its name, and of its pod, until what is returned is called. */
  async follow({ namespace, name }: Named, follower: Follower): Promise<() => void> {
    const key = `${namespace}/${name}`;
    this.#followers.set(key, follower);
    await this.#watch(namespace);
    return () => void this.#followers.delete(key);
  }

  /** Makes it; or it is there already, made by the same claim. */
  async createJob(namespace: string, manifest: Manifest): Promise<Job> {
    const api = await this.#api();
    try {
      return await api.request<Job>('POST', jobs(namespace), { body: manifest, query: { fieldValidation: 'Strict' } });
    } catch (error) {
      if (!isStatus(error, 409)) throw error;
      return api.request<Job>('GET', `${jobs(namespace)}/${manifest.metadata.name}`);
    }
  }

  /** It belongs to its Job, and goes with it. */
  async createSecret(job: Job, labels: Labels, texts: Readonly<Record<string, string>>): Promise<void> {
    const { name, namespace, uid } = job.metadata;
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: false }];
    const metadata = { name, namespace, labels, ownerReferences };
    const body = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', immutable: true, stringData: texts };
    const api = await this.#api();
    await api.request('POST', secrets(namespace), { body, query: { fieldValidation: 'Strict' } }).catch((error: unknown) => {
      if (!isStatus(error, 409)) throw error; // a try before this one has made it
    });
  }

  /** Its pod is asked to stop, and has the grace time of its own. */
  deleteJob({ name, namespace }: Named): Promise<void> {
    return this.#delete(`${jobs(namespace)}/${name}`, { propagationPolicy: 'Background' });
  }

  /** Not 0: then it would be gone from the list before it is gone from its node. */
  killPod({ name, namespace }: Named): Promise<void> {
    return this.#delete(`${pods(namespace)}/${name}`, { gracePeriodSeconds: 1 });
  }

  async listJobs(namespace: string, labels: Labels): Promise<readonly Job[]> {
    const api = await this.#api();
    return (await api.request<{ items: readonly Job[] }>('GET', jobs(namespace), { query: { labelSelector: selector(labels) } })).items;
  }

  isFollowed({ namespace, name }: Named): boolean {
    return this.#followers.has(`${namespace}/${name}`);
  }

  /** The last that its container has printed; empty when nobody can tell. */
  async logOf({ name, namespace }: Named, container: string): Promise<string> {
    const api = await this.#api();
    return String(await api.request<string>('GET', `${pods(namespace)}/${name}/log`, { query: { ...LOG_QUERY, container } }).catch(() => ''));
  }

  /** What Kubernetes says of an object that comes to nothing: why a Job has no pod, say. */
  async warningsOf({ name, namespace }: Named): Promise<readonly string[]> {
    const query = { fieldSelector: `involvedObject.name=${name},type=Warning`, limit: '20' };
    const api = await this.#api();
    const list = await api
      .request<{ items: readonly { readonly message?: string }[] }>('GET', `/api/v1/namespaces/${namespace}/events`, { query })
      .catch(() => ({ items: [] }));
    return [...new Set(list.items.map(({ message }) => message ?? '').filter(Boolean))];
  }

  close(): void {
    for (const watched of [...this.#watched.values()].flat()) watched.close();
    this.#watched.clear();
  }

  #api(): Promise<ClusterApi> {
    this.#opening ??= openCluster().catch((error: unknown) => {
      this.#opening = undefined; // the file may come
      throw error;
    });
    return this.#opening;
  }

  async #delete(path: string, body: object): Promise<void> {
    const api = await this.#api();
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', ...body };
    await api.request('DELETE', path, { body: options }).catch((error: unknown) => {
      if (!isStatus(error, 404)) throw error;
    });
  }

  async #watch(namespace: string): Promise<void> {
    const cluster = await this.#api();
    if (this.#watched.has(namespace)) return;
    const labelSelector = selector({ [LABELS.worker]: this.id });
    const onTrouble = (message: string | null) =>
      this.#onNote(
        message === null ? 'hears of its Jobs again' : `hears nothing of its Jobs in ${namespace}: ${message}; they go on, and it asks again`,
      );
    const ofJob = new Watched<Job>({
      cluster,
      path: jobs(namespace),
      labelSelector,
      onTrouble,
      onChange: (job, isGone) => this.#of(job)?.onJob(job, isGone),
    });
    const ofPod = new Watched<Pod>({
      cluster,
      path: pods(namespace),
      labelSelector,
      onTrouble: () => {},
      onChange: (pod, isGone) => this.#of(pod)?.onPod(pod, isGone),
    });
    this.#watched.set(namespace, [ofJob, ofPod] as Watched<KubernetesObject>[]);
  }

  /** A pod bears the labels of its Job, and its Job's name. */
  #of({ metadata: { namespace, name, labels } }: KubernetesObject): Follower | undefined {
    return this.#followers.get(`${namespace}/${labels?.['batch.kubernetes.io/job-name'] ?? labels?.['job-name'] ?? name}`);
  }
}
