import type { ReactNode } from 'react';

const isHere = (address: string) => URL.canParse(address, location.href) && new URL(address, location.href).origin === location.origin;

interface AwayProps {
  readonly href?: string | undefined;
  readonly title?: string | undefined;
  readonly children?: ReactNode;
}

/** A link that leaves this page alone, and tells nobody where it stood. */
export const Away = ({ href, title, children }: AwayProps) =>
  href ? (
    <a href={href} title={title} target="_blank" rel="noreferrer">
      {children}
    </a>
  ) : (
    children
  );

/** A page loads nothing from elsewhere: a picture that is not this server's is a link. */
export function Picture({ src, alt }: { readonly src?: string | undefined; readonly alt?: string | undefined }) {
  if (!src) return alt ?? null;
  return isHere(src) ? <img src={src} alt={alt ?? ''} /> : <Away href={src}>{alt || src}</Away>;
}
