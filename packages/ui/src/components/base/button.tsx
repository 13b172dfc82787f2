import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import styles from './button.module.css';

interface ButtonProps extends ComponentProps<'button'> {
  readonly kind?: 'plain' | 'primary' | 'danger' | undefined;
  readonly icon?: LucideIcon | undefined;
}

export function Button({ kind = 'plain', icon: Icon, children, className = '', ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={`${styles['button']} ${className}`} data-kind={kind}>
      {Icon && <Icon size={15} strokeWidth={2} aria-hidden="true" />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  readonly icon: LucideIcon;
  /** What it does, for those who do not see the icon, and as its title. */
  readonly label: string;
}

export function IconButton({ icon: Icon, label, className = '', ...rest }: IconButtonProps) {
  return (
    <button type="button" {...rest} className={`${styles['icon']} ${className}`} aria-label={label} title={label}>
      <Icon size={16} strokeWidth={1.9} aria-hidden="true" />
    </button>
  );
}
