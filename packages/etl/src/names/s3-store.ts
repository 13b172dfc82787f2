/** An object store, as the variables say that every tool for S3 knows. Without a key nothing is signed. */
export interface S3Store {
  readonly key: string | undefined;
  readonly secret: string | undefined;
  readonly token: string | undefined;
  readonly region: string | undefined;
  /** A store of one's own, which has buckets in its path. */
  readonly endpoint: URL | undefined;
}

/** Read anew each time: a run has variables of its own. */
export function s3Store(env: NodeJS.ProcessEnv = process.env): S3Store {
  const endpoint = env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'];
  return {
    key: env['AWS_ACCESS_KEY_ID'] || undefined,
    secret: env['AWS_SECRET_ACCESS_KEY'] || undefined,
    token: env['AWS_SESSION_TOKEN'] || undefined,
    region: env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined,
    endpoint: endpoint ? new URL(endpoint) : undefined,
  };
}
