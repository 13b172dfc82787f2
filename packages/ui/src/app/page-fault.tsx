import { Fault } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';

/** A page that broke says so, and the others go on. */
export function PageFault({ error }: { readonly error: unknown }) {
  return (
    <>
      <PageHead title="This page has failed" />
      <Fault error={error} />
      <p className="quiet">Load the page again. If it fails once more, the message above is of use to whoever mends it.</p>
    </>
  );
}
