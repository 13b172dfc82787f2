import { Link } from '@tanstack/react-router';
import { PageHead } from '../components/base/page-head.tsx';

export function NoPage() {
  return (
    <>
      <PageHead title="No such page" />
      <p>
        Nothing has this address. The list of pages is at the left, and <Link to="/">home</Link> shows what happens now.
      </p>
    </>
  );
}
