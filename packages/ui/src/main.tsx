import './styles/palette.css';
import './styles/base.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { live } from './api/live.ts';
import { queryClient } from './api/query.ts';
import { startRefreshing } from './api/refresh.ts';
import { router } from './app/router.tsx';
import { startShortcuts } from './app/shortcuts.ts';
import { applyTheme } from './lib/preferences.ts';

applyTheme();
live.wish({});
startRefreshing();
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
