import { expect, test } from 'vitest';
import { blockMessages } from './block-message.ts';

const said = { title: 'Failed', body: 'Run {{a}} of load' };
const told = (slug: string, data: object) => blockMessages(slug, data as never, said);

test('an address takes the text as it is', () => {
  const url = 'https://hooks.example/T/B';
  expect(told('slack-webhook', { url, notify_type: 'prefect_default' })).toEqual([
    { url, method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"*Failed*\\n\\nRun {{a}} of load"}' },
  ]);
});

test('a webhook of the user’s own has the message, its name and its secrets where its fields name them', () => {
  const data = {
    name: 'mine',
    url: 'https://chat.example/{{room}}',
    params: { k: '{{token}}' },
    json_data: { text: '{{subject}}\n{{body}}', from: ['{{ name }}'], n: 1 },
    headers: { 'x-token': '{{token}}' },
    cookies: { a: 'b', c: '{{room}}' },
    secrets: { token: 'sesame', room: 'r1' },
  };
  expect(told('custom-webhook', data)).toEqual([
    {
      url: 'https://chat.example/r1?k=sesame',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-token': 'sesame', cookie: 'a=b; c=r1' },
      body: '{"text":"Failed\\nRun {{a}} of load","from":["mine"],"n":1}',
    },
  ]);
  expect(told('custom-webhook', { name: 'mine', url: 'https://a.example', method: 'PUT', form_data: { t: '{{subject}}' } })).toMatchObject([
    { method: 'PUT', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 't=Failed' },
  ]);
  expect(told('custom-webhook', { name: 'mine', url: 'https://a.example', form_data: '{{body}}' })).toMatchObject([{ body: said.body }]);
});

test('Mattermost is told in each channel, Discord by its webhook', () => {
  const data = { hostname: 'chat.example', token: 't', channels: ['a', 'b'], botname: 'sluice' };
  expect(told('mattermost', data)?.map(({ url, body }) => [url, JSON.parse(body ?? '')])).toEqual(
    ['a', 'b'].map((channel) => ['https://chat.example:8065/hooks/t', { text: '*Failed*\n\nRun {{a}} of load', username: 'sluice', channel }]),
  );
  expect(told('discord-webhook', { webhook_id: '1', webhook_token: 't' })).toMatchObject([{ url: 'https://discord.com/api/webhooks/1/t' }]);
});

test('what only Apprise can reach is passed on by nobody', () => {
  expect(told('sendgrid-email', { api_key: 'k', sender_email: 'a@example.org' })).toBeUndefined();
  expect(told('slack-webhook', { url: 'mailto://a@example.org' })).toBeUndefined();
});
