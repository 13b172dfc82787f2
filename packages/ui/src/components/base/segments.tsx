import styles from './segments.module.css';

interface SegmentsProps {
  readonly label: string;
  readonly value: string;
  readonly choices: { readonly [value: string]: React.ReactNode };
  readonly onChange: (value: string) => void;
}

/** One of a few, all seen. */
export function Segments({ label, value, choices, onChange }: SegmentsProps) {
  return (
    <fieldset className={styles['segments']} aria-label={label}>
      {Object.entries(choices).map(([choice, text]) => (
        <button key={choice} type="button" aria-pressed={choice === value} onClick={() => onChange(choice)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}
