import { lazy, Suspense } from 'react';

const Loaded = lazy(async () => ({ default: (await import('./markdown-text.tsx')).MarkdownText }));

/** Text in Markdown. What reads it is loaded when there is some. */
export const Markdown = ({ text }: { readonly text: string }) => (
  <Suspense fallback={<p className="quiet">…</p>}>
    <Loaded text={text} />
  </Suspense>
);
