import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';

/** How a session may be encrypted: with these options, or not at all. */
export type Way = false | ConnectionOptions;

export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

export interface TlsFiles {
  readonly sslrootcert: string | undefined;
  readonly sslcert: string | undefined;
  readonly sslkey: string | undefined;
  /** Where libpq looks for those that are not named. */
  readonly folder: string;
}

/** A certificate is asked for, and nothing is there to judge it by. */
export class NoRootCertificate extends Error {}

/** The ways that a mode allows, in the order in which they are tried. */
export function waysOf(mode: SslMode, host: string, files: TlsFiles): Way[] {
  if (mode === 'disable' || host.startsWith('/')) return [false];
  const encrypted = { ...ownCertificate(files), ...judge(mode, host, files) };
  if (mode === 'allow') return [false, encrypted];
  return mode === 'prefer' ? [encrypted, false] : [encrypted];
}

const usual = (named: string | undefined, folder: string, name: string): string | undefined => {
  const file = join(folder, name);
  return named ?? (existsSync(file) ? file : undefined);
};

function ownCertificate({ sslcert, sslkey, folder }: TlsFiles): ConnectionOptions {
  const [cert, key] = [usual(sslcert, folder, 'postgresql.crt'), usual(sslkey, folder, 'postgresql.key')];
  return { ...(cert && { cert: readFileSync(cert) }), ...(cert && key && { key: readFileSync(key) }) };
}

/** Who asks for encryption only judges a certificate where a root is there for it: so does libpq. */
function judge(mode: SslMode, host: string, { sslrootcert, folder }: TlsFiles): ConnectionOptions {
  const system = sslrootcert === 'system';
  const root = system ? undefined : usual(sslrootcert, folder, 'root.crt');
  const ca = root === undefined ? {} : { ca: readFileSync(root) };
  if (mode === 'verify-full' || system) return { ...ca, checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate) };
  if (mode === 'allow' || mode === 'prefer' || (mode === 'require' && root === undefined)) return { rejectUnauthorized: false };
  if (root === undefined) throw new NoRootCertificate('sslmode=verify-ca has no root certificate to judge by');
  return { ...ca, checkServerIdentity: () => undefined };
}
