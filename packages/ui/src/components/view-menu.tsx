import { Menu } from '@base-ui/react/menu';
import { SunMoon } from 'lucide-react';
import { hasKey, signOut } from '../api/session.ts';
import { setPreference, usePreferences } from '../lib/preferences.ts';
import { IconButton } from './base/button.tsx';
import menu from './base/menu.module.css';

const THEMES = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;
const TIMES = { relative: 'Relative', local: 'Local time', utc: 'UTC' } as const;

/** How a person wants to see all pages. */
export function ViewMenu() {
  const { theme, time } = usePreferences();
  return (
    <Menu.Root>
      <Menu.Trigger render={<IconButton label="View" icon={SunMoon} />} />
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="end" className={menu['positioner']}>
          <Menu.Popup className={menu['popup']}>
            <Choices label="Theme" value={theme} choices={THEMES} onChange={(value) => setPreference('theme', value)} />
            <Menu.Separator className={menu['separator']} />
            <Choices label="Times" value={time} choices={TIMES} onChange={(value) => setPreference('time', value)} />
            {hasKey() && (
              <>
                <Menu.Separator className={menu['separator']} />
                <Menu.Item className={menu['item']} onClick={signOut}>
                  Sign out
                </Menu.Item>
              </>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

interface ChoicesProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: { readonly [K in T]: string };
  readonly onChange: (value: T) => void;
}

function Choices<T extends string>({ label, value, choices, onChange }: ChoicesProps<T>) {
  return (
    <Menu.Group>
      <Menu.GroupLabel className={menu['label']}>{label}</Menu.GroupLabel>
      <Menu.RadioGroup value={value} onValueChange={onChange}>
        {(Object.keys(choices) as T[]).map((choice) => (
          <Menu.RadioItem key={choice} value={choice} className={menu['item']}>
            <Menu.RadioItemIndicator className={menu['sign']} keepMounted />
            {choices[choice]}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </Menu.Group>
  );
}
