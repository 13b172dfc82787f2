import { isObject } from '../lib/json.ts';
import { renderTemplate } from './template.ts';

/** A request by which a block of Prefect's passes a message on. */
export interface BlockMessage {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

interface Said {
  readonly title: string;
  readonly body: string;
}
type Data = Readonly<Record<string, unknown>>;

const asJson = (url: string, value: object): BlockMessage => ({
  url,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

const inMarkdown = ({ title, body }: Said): string => `*${title}*\n\n${body}`;
const texts = (value: unknown): Record<string, string> => Object.fromEntries(Object.entries(value ?? {}).map(([name, each]) => [name, String(each)]));
const named = (name: unknown): object => (name == null ? {} : { username: String(name) });

function renderAll(value: unknown, values: Data): unknown {
  if (typeof value === 'string') return renderTemplate(value, values);
  if (Array.isArray(value)) return value.map((each) => renderAll(each, values));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, renderAll(each, values)])) : value;
}

/** Its fields name the message's subject and body, its own name and its secrets in double braces. */
function customWebhook(data: Data, { title, body }: Said): BlockMessage[] {
  const { secrets, ...fields } = data;
  const given = renderAll(fields, { ...(isObject(secrets) && secrets), subject: title, body, name: data['name'] }) as Data;
  const url = new URL(String(given['url']));
  for (const [name, value] of Object.entries(texts(given['params']))) url.searchParams.append(name, value);
  const cookies = Object.entries(texts(given['cookies'])).map(([name, value]) => `${name}=${value}`);
  const { json_data, form_data } = given;
  const [type, content] =
    json_data != null
      ? ['application/json', JSON.stringify(json_data)]
      : isObject(form_data)
        ? ['application/x-www-form-urlencoded', new URLSearchParams(texts(form_data)).toString()]
        : [undefined, form_data == null ? undefined : String(form_data)];
  const headers = { ...(type && { 'content-type': type }), ...(cookies.length > 0 && { cookie: cookies.join('; ') }), ...texts(given['headers']) };
  return [{ url: url.href, method: String(given['method'] ?? 'POST'), headers, body: content }];
}

function mattermost({ hostname, secure, port, path, token, botname, channels }: Data, said: Said): BlockMessage[] {
  const url = `${secure === false ? 'http' : 'https'}://${hostname}:${port ?? 8065}${path ?? ''}/hooks/${token}`;
  const one = (channel: unknown) => asJson(url, { text: inMarkdown(said), ...named(botname), ...(channel != null && { channel }) });
  return Array.isArray(channels) && channels.length > 0 ? channels.map(one) : [one(undefined)];
}

const discord = ({ webhook_id, webhook_token, botname, tts }: Data, said: Said): BlockMessage[] => [
  asJson(`https://discord.com/api/webhooks/${webhook_id}/${webhook_token}`, {
    content: `**${said.title}**\n\n${said.body}`,
    ...named(botname),
    tts: tts === true,
  }),
];

/** By the slug of the block's type; what is not in it has an address that takes the text itself, as Slack's and Teams' do. */
const TYPES: { readonly [slug: string]: (data: Data, said: Said) => BlockMessage[] } = {
  'custom-webhook': customWebhook,
  mattermost,
  'discord-webhook': discord,
};

/** Undefined: a block of this type passes nothing on here. Prefect's have Apprise for e-mail, pagers and others. */
export function blockMessages(slug: string, data: Data, said: Said): BlockMessage[] | undefined {
  const known = TYPES[slug];
  if (known) return known(data, said);
  const { url } = data;
  return typeof url === 'string' && /^https?:/.test(url) ? [asJson(url, { text: inMarkdown(said) })] : undefined;
}
