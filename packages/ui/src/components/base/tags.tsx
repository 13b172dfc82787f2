import styles from './tags.module.css';

/** Tags of a record, each a small sign. */
export function Tags({ tags }: { readonly tags: readonly string[] }) {
  if (tags.length === 0) return null;
  return (
    <span className={styles['tags']}>
      {tags.map((tag) => (
        <Sign key={tag}>{tag}</Sign>
      ))}
    </span>
  );
}

/** A word that stands out a little: `paused`. */
export function Sign({ children, tone }: { readonly children: string; readonly tone?: string }) {
  return (
    <span className={styles['sign']} data-tone={tone}>
      {children}
    </span>
  );
}

/** Tags as a person types them: with commas between them. */
export const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
];
