import './styles/palette.css';
import './styles/base.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/query.ts';
import { startRefreshing } from './api/refresh.ts';
import { askAtOnce } from './app/at-once.ts';
import { router } from './app/router.tsx';
import { startShortcuts } from './app/shortcuts.ts';
import { applyTheme } from './lib/preferences.ts';

applyTheme();
startRefreshing();
askAtOnce(router);
// Before anything is drawn: what is asked here is on its way meanwhile.
void router.load();
startShortcuts();
// A part of the page that is there no more: the server was updated since the page was opened.
window.addEventListener('vite:preloadError', () => location.reload());

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
