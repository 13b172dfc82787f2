import { type ComponentProps, lazy, Suspense } from 'react';
import type { ValuesForm as Inner } from './values-form.tsx';

const Loaded = lazy(async () => ({ default: (await import('./values-form.tsx')).ValuesForm }));

/** A form of a schema. What makes forms is large: it is loaded here and nowhere else, so that it stays out of what pages share. */
export const ValuesForm = (props: ComponentProps<typeof Inner>) => (
  <Suspense fallback={<div style={{ height: 160 }} aria-busy="true" />}>
    <Loaded {...props} />
  </Suspense>
);
