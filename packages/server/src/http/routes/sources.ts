import { SluiceError } from '@sluice/core/errors/sluice-error';
import { expectNamed, expectRunning } from '../../auth/source-holders.ts';
import { shownParts } from '../../secrets/shown-parts.ts';
import { deleteSource, listSources, readSealed, setSource } from '../../store/sources.ts';
import { expectFound, missing } from '../found.ts';
import { createdReply, type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = Extract<keyof Handlers, `${string} /sources/${string}`>;

export const sourceHandlers = ({ database: { sql }, newId, secrets }: Deps): Handlers<Keys> => ({
  'POST /sources/': async ({ body: { name, url, set_by } }) => {
    const parts = shownParts(url);
    if (!parts) throw unreadable();
    const { json, created } = await setSource(sql, newId(), { name, set_by, ...parts, ...secrets.seal(name, url) });
    return createdReply(json, created);
  },
  'POST /sources/filter': async ({ body }) => new Reply(await listSources(sql, secrets.keyId, body)),
  'POST /sources/url': async ({ body: { name }, writer }) => {
    const holder = await expectRunning(sql, writer);
    const sealed = await readSealed(sql, name);
    if (!sealed) throw missing(`Source "${name}"`, `Set its URL: sluice source set ${JSON.stringify(name)}.`);
    await expectNamed(sql, holder, name);
    return { name, url: secrets.open(name, sealed) };
  },
  'DELETE /sources/{id}': async ({ params }) => expectFound(`Source ${params.id}`, await deleteSource(sql, params.id)),
});

/** The text is not repeated: it may be a URL all the same, with a password. */
const unreadable = () =>
  new SluiceError('INVALID_REQUEST', 'The URL of the source cannot be read.', {
    hint: 'It looks like postgres://user:password@host:5432/database; special characters in a password are percent-encoded, such as %40 for @.',
  });
