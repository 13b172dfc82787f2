import { createClient } from '@sluice/client';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { defineCommand } from '../../program/define-command.ts';
import { withClient } from '../../program/with-client.ts';
import { say } from '../../render/message.ts';

export const command = defineCommand({
  examples: ['sluice auth check', 'SLUICE_API_KEY=pnu_your_key sluice auth check'],
  run: ({ globals }) =>
    withClient(globals, async (client, { api_key, auth_string }) => {
      await client.request('GET /admin/version');
      const sent = api_key ? 'key' : auth_string ? 'user and password' : undefined;
      if (sent && !(await isOpen(client.apiUrl))) say(`The server at ${client.apiUrl} accepts this ${sent}.`);
      else say(`The server at ${client.apiUrl} answers, and does not ask for a key.`);
    }),
});

/** Whether the server answers somebody without a key: then the key proves nothing. */
async function isOpen(apiUrl: string): Promise<boolean> {
  const nobody = createClient({ apiUrl, userAgent: 'sluice-cli' });
  try {
    await nobody.request('GET /admin/version');
    return true;
  } catch (error) {
    if (isSluiceError(error) && error.code === 'UNAUTHORIZED') return false;
    throw error;
  } finally {
    await nobody.close();
  }
}
