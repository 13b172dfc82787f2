export interface Credentials {
  /** Sent as `Authorization: Bearer <key>`, by Prefect's clients as PREFECT_API_KEY. */
  readonly apiKey: string | undefined;
  /** `user:password`, sent as basic authentication. */
  readonly authString: string | undefined;
}
