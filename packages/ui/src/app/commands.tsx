import { Autocomplete } from '@base-ui/react/autocomplete';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import styles from './command-palette.module.css';
import { type Target, useTargets } from './targets.ts';

export function Commands({ onGo }: { readonly onGo: () => void }) {
  const [text, setText] = useState('');
  const targets = useTargets(text.trim());
  const navigate = useNavigate();
  function go(to: string): void {
    onGo();
    void navigate({ href: to });
  }
  return (
    <Autocomplete.Root
      open
      inline
      items={targets}
      filter={null}
      value={text}
      onValueChange={setText}
      itemToStringValue={({ name }: Target) => name}
      autoHighlight="always"
      keepHighlight
    >
      <Autocomplete.Input
        className={styles['input']}
        aria-label="A part of a name"
        placeholder="A page, or a part of a name: of a run, flow, pool, variable …"
      />
      <Autocomplete.Empty className={styles['none']}>Nothing has such a name.</Autocomplete.Empty>
      <Autocomplete.List className={styles['list']}>
        {(target: Target) => (
          <Autocomplete.Item key={target.to} value={target} className={styles['item']} onClick={() => go(target.to)}>
            <span>{target.name}</span>
            <span className="quiet">{target.kind}</span>
          </Autocomplete.Item>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}
