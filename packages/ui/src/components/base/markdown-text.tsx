import { compiler, type MarkdownToJSX, sanitizer } from 'markdown-to-jsx/react';
import styles from './markdown-text.module.css';
import { Away, Picture } from './picture.tsx';

/** Below the titles of the page and its parts. */
const OVERRIDES: MarkdownToJSX.Overrides = {
  a: Away,
  img: Picture,
  h1: { component: 'h3' },
  h2: { component: 'h4' },
  h3: { component: 'h5' },
  h4: { component: 'h6' },
  h5: { component: 'h6' },
};

/** Text in Markdown as elements. HTML in it stays text, and addresses that would run something are left out. */
export function MarkdownText({ text }: { readonly text: string }) {
  const options = { overrides: OVERRIDES, disableParsingRawHTML: true, forceBlock: true, forceWrapper: true, sanitizer };
  return <div className={styles['markdown']}>{compiler(text, options)}</div>;
}
