import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the board's JSON stands in the page; `fillBoard` knows it too. */
const PLACE = '<!--board-->';

/** One page out of the script and the style sheet of a folder: it needs nothing else. */
export async function writeBoardFile(folder: string, file: string): Promise<void> {
  const [script, style] = await Promise.all(['board.js', 'board.css'].map((name) => readFile(join(folder, name), 'utf8')));
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Board – Sluice</title>
<style>${style}</style>
</head>
<body>
<main id="root"></main>
<script type="application/json" id="board">${PLACE}</script>
<script>${(script as string).replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
  await writeFile(file, page);
}
