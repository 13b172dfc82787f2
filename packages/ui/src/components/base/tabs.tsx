import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import styles from './tabs.module.css';

export interface Tab {
  readonly value: string;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

interface TabsProps {
  readonly value: string;
  readonly tabs: readonly Tab[];
  readonly onChange: (value: string) => void;
}

/** Parts of a page of which one is seen. */
export function Tabs({ value, tabs, onChange }: TabsProps) {
  return (
    <Base.Root value={value} onValueChange={onChange}>
      <Base.List className={styles['list']}>
        {tabs.map(({ value: tab, label }) => (
          <Base.Tab key={tab} value={tab} className={styles['tab']}>
            {label}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map(({ value: tab, content }) => (
        <Base.Panel key={tab} value={tab} className={styles['panel']}>
          {content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
