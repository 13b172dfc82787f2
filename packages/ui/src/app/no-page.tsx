import { Link } from '@tanstack/react-router';
import { PageHead } from '../components/base/page-head.tsx';

export function NoPage() {
  return (
    <>
      <PageHead title="No such page" />
      <p>
        Nothing has this address. Choose a page from the list, or go <Link to="/">home</Link>: it shows what happens now.
      </p>
    </>
  );
}
