interface ParsedKey {
  readonly method: string;
  readonly template: string;
}

const parsed = new Map<string, ParsedKey>();

/** `POST /flow_runs/{id}/set_state` as method and path. The table itself is not loaded: a client needs only its types. */
export function parseKey(key: string): ParsedKey {
  const known = parsed.get(key);
  if (known) return known;
  const [method, template] = key.split(' ') as [string, string];
  const result = { method, template };
  parsed.set(key, result);
  return result;
}

export function fillPath(
  template: string,
  params: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)).toString();
  return search ? `${path}?${search}` : path;
}
