import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Logger } from 'pino';
import { expectNamed, expectRunning } from '../../auth/source-holders.ts';
import { shownParts } from '../../secrets/shown-parts.ts';
import { deleteSource, listSources, readSealed, setSource } from '../../store/sources.ts';
import { expectFound, missing } from '../found.ts';
import { createdReply, type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = Extract<keyof Handlers, `${string} /sources/${string}`>;

/** The log says who was given what: names only. */
export const sourceHandlers = ({ database: { sql }, newId, secrets, logger }: Deps & { readonly logger: Logger }): Handlers<Keys> => ({
  'POST /sources/': async ({ body: { name, url, set_by } }) => {
    const parts = shownParts(url);
    if (!parts) throw unreadable();
    const { json, created } = await setSource(sql, newId(), { name, set_by, ...parts, ...secrets.seal(name, url) });
    logger.info({ source: name, host: parts.host, set_by }, 'the URL of a source was set');
    return createdReply(json, created);
  },
  'POST /sources/filter': async ({ body }) => new Reply(await listSources(sql, secrets.keyId, body)),
  'POST /sources/url': async ({ body: { name }, writer }) => {
    const holder = await expectRunning(sql, writer);
    const sealed = await readSealed(sql, name);
    if (!sealed) throw missing(`Source "${name}"`, `Set its URL: sluice source set ${JSON.stringify(name)}.`);
    await expectNamed(sql, holder, name);
    const url = secrets.open(name, sealed);
    logger.info({ source: name, flow_run_id: holder.flow_run_id, epoch: holder.epoch }, 'a flow run was given the URL of a source');
    return { name, url };
  },
  'DELETE /sources/{id}': async ({ params }) => {
    const name = await deleteSource(sql, params.id);
    if (name !== undefined) logger.info({ source: name }, 'the URL of a source was removed');
    return expectFound(`Source ${params.id}`, name !== undefined);
  },
});

/** The text is not repeated: it may be a URL all the same, with a password. */
const unreadable = () =>
  new SluiceError('INVALID_REQUEST', 'The URL of the source cannot be read.', {
    hint: 'It looks like postgres://user:password@host:5432/database; special characters in a password are percent-encoded, such as %40 for @.',
  });
