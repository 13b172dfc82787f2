import { pagesFolder } from './pages.ts';

/** Builds the dashboard, when its sources are others than those it was built from. */
console.log(await pagesFolder());
