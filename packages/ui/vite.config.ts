import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** Static files that the server sends from `/`. Its policy lets no page run or load what is not one of them. */
export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['@sluice/source', ...defaultClientConditions] },
  build: {
    target: 'es2024',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One style sheet: a page that opens asks for no second one, and nothing jumps.
    cssCodeSplit: false,
    reportCompressedSize: false,
    // What the first page needs is one file, and what other pages share another: without this each set of pages that share something
    // has a file, ten to twenty requests. A browser has six connections to a server, and a question waits for one of them. What draws
    // charts and forms is large, and stays with those who draw.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'first', tags: ['$initial'], priority: 1 },
            { name: 'shared', test: /^(?!.*(?:uplot|base[\\/]chart|markdown-to-jsx))/, minShareCount: 2 },
          ],
        },
      },
    },
  },
  // `npx vite packages/ui` shows changes at once, beside a server on the usual port.
  server: { proxy: { '/api': 'http://127.0.0.1:4200' } },
});
