import { Link } from '@tanstack/react-router';

/** `prefect.flow-run.<id>`: kinds of resources with a page of their own. */
const PAGES: { readonly [kind: string]: '/runs/$id' | '/deployments/$id' | '/flows/$id' } = {
  'prefect.flow-run': '/runs/$id',
  'prefect.deployment': '/deployments/$id',
  'prefect.flow': '/flows/$id',
};
/** A tag is its name, and nothing else. */
const TAG = 'prefect.tag.';
const KNOWN = /^(prefect\.[a-z-]+)\.([0-9a-f-]{36})$/;

interface ResourceLinkProps {
  readonly id: string;
  readonly name?: string | null | undefined;
}

/** A resource by its name, as a link where it has a page. */
export function ResourceLink({ id, name }: ResourceLinkProps) {
  const [, kind = '', record = ''] = KNOWN.exec(id) ?? [];
  const to = PAGES[kind];
  if (kind === 'prefect.work-pool' && name) {
    return (
      <Link to="/work-pools/$name" params={{ name }}>
        {name}
      </Link>
    );
  }
  if (!to) return <span title={id}>{name || (id.startsWith(TAG) ? id.slice(TAG.length) : id)}</span>;
  return (
    <Link to={to} params={{ id: record }} title={id}>
      {name || id}
    </Link>
  );
}
