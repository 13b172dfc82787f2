import { type FormEvent, useState } from 'react';
import { queryClient } from '../api/query.ts';
import { signIn, useLockReason } from '../api/session.ts';
import { Button } from './base/button.tsx';
import { Card } from './base/card.tsx';
import styles from './sign-in.module.css';

/** The server asks for a key, or for a user and a password. What is typed is kept for this tab's session alone. */
export function SignIn() {
  const [by, setBy] = useState<'key' | 'basic'>('key');
  const reason = useLockReason();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const secret = by === 'key' ? String(form.get('key')).trim() : `${form.get('user')}:${form.get('password')}`;
    signIn(secret, by);
    void queryClient.resetQueries();
  }

  return (
    <Card className={styles['card']}>
      <h1>Sign in</h1>
      <p className="quiet">
        This server asks for {by === 'key' ? 'a key: the value of SLUICE_API_KEY where it was started.' : 'a user and a password.'}
      </p>
      <form onSubmit={submit} className={styles['form']}>
        {by === 'key' ? (
          <Field label="Key" name="key" type="password" />
        ) : (
          <>
            <Field label="User" name="user" type="text" />
            <Field label="Password" name="password" type="password" />
          </>
        )}
        {reason && (
          <p role="alert" className={styles['reason']}>
            {reason}
          </p>
        )}
        <Button type="submit" kind="primary">
          Sign in
        </Button>
        <button type="button" className={styles['other']} onClick={() => setBy(by === 'key' ? 'basic' : 'key')}>
          {by === 'key' ? 'Use a user and a password' : 'Use a key'}
        </button>
      </form>
    </Card>
  );
}

function Field({ label, name, type }: { readonly label: string; readonly name: string; readonly type: string }) {
  return (
    <label className={styles['field']}>
      {label}
      <input name={name} type={type} required autoComplete="off" />
    </label>
  );
}
