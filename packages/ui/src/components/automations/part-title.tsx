import styles from './part-title.module.css';

/** The word over a part of the form: `When`, `Then`. */
export const PartTitle = ({ children }: { readonly children: string }) => <h3 className={styles['title']}>{children}</h3>;
