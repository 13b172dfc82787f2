import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { IconButton } from './button.tsx';
import styles from './toast.module.css';

const toasts = Toast.createToastManager();

/** Says something in a corner of the page, for some seconds. */
export const say = (text: string): void => void toasts.add({ description: text });

/** The corner in which things are said. Once, around all pages. */
export function Toaster() {
  return (
    <Toast.Provider toastManager={toasts} limit={4}>
      <Toast.Portal>
        <Toast.Viewport className={styles['corner']}>
          <Said />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Said() {
  return Toast.useToastManager().toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={styles['toast']}>
      <Toast.Content className={styles['content']}>
        <Toast.Description />
        <Toast.Close render={<IconButton label="Close" icon={X} />} />
      </Toast.Content>
    </Toast.Root>
  ));
}
