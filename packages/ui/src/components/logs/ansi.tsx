import Anser from 'anser';
import styles from './ansi.module.css';

const ESCAPE = '\u001b[';

/** Text with the colours that its escapes ask for: spans with classes, never HTML. */
export function Ansi({ text }: { readonly text: string }) {
  if (!text.includes(ESCAPE)) return text;
  let at = 0;
  return Anser.ansiToJson(text, { json: true, use_classes: true, remove_empty: true }).map(({ content, fg, bg, decorations }) => {
    const names = [fg, bg && `${bg}-bg`, ...decorations].flatMap((name) => (name && styles[name]) || []);
    const start = at;
    at += content.length;
    return (
      <span key={start} className={names.join(' ')}>
        {content}
      </span>
    );
  });
}

/** Without the escapes, for what is copied, cut or searched. */
export const withoutAnsi = (text: string): string => (text.includes(ESCAPE) ? Anser.ansiToText(text) : text);
