import { defaultClientConditions, defineConfig } from 'vite';

/** The board in a file of its own: one script and one style sheet, which `build/board-file.ts` puts into a page. */
export default defineConfig({
  publicDir: false,
  resolve: { conditions: ['@sluice/source', ...defaultClientConditions] },
  build: {
    target: 'es2024',
    cssCodeSplit: false,
    reportCompressedSize: false,
    lib: { entry: 'src/board-file.ts', formats: ['iife'], name: 'board', fileName: () => 'board.js', cssFileName: 'board' },
  },
});
