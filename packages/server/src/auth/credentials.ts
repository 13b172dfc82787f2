export interface Credentials {
  /** Sent as `Authorization: Bearer <key>`, by Prefect's clients as PREFECT_API_KEY. */
  readonly apiKey: string | undefined;
  /** `user:password`, sent as basic authentication. */
  readonly authString: string | undefined;
}

/** By what somebody is let in. */
export type WayIn = 'key' | 'basic';

/** What a server with these credentials asks for: one of them will do. */
export const waysIn = ({ apiKey, authString }: Credentials): WayIn[] => [
  ...(apiKey ? (['key'] as const) : []),
  ...(authString ? (['basic'] as const) : []),
];
