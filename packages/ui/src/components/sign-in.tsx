import { messageOf } from '@sluice/core/errors/sluice-error';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { tryAuthorization } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import { authorizationOf, type Lock, signIn, type WayIn } from '../api/session.ts';
import { Button } from './base/button.tsx';
import { Card } from './base/card.tsx';
import styles from './sign-in.module.css';

const ASKED: { readonly [way in WayIn]: string } = {
  key: 'a key: the value of SLUICE_API_KEY where it was started.',
  basic: 'a user and a password: those of SLUICE_API_AUTH_STRING where it was started.',
};

/** The server asks for a key, or for a user and a password. What is typed is kept for this tab's session alone. */
export function SignIn({ lock: { reason, ways } }: { readonly lock: Lock }) {
  const [wanted, setBy] = useState<WayIn>('key');
  // One that the server does not ask for helps nobody.
  const by = ways.includes(wanted) ? wanted : (ways[0] ?? wanted);

  // Tried before anything of the page is asked for: what is wrong can be mended where it stands.
  const attempt = useMutation({
    mutationFn: async (header: string) => {
      await tryAuthorization(header);
      return header;
    },
    onSuccess: (header) => {
      signIn(header);
      void queryClient.resetQueries();
    },
  });
  const said = attempt.error ? messageOf(attempt.error) : reason;

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const secret = by === 'key' ? String(form.get('key')).trim() : `${form.get('user')}:${form.get('password')}`;
    attempt.mutate(authorizationOf(secret, by));
  }

  return (
    <Card className={styles['card']}>
      <h1>Sign in</h1>
      <p className="quiet">This server asks for {ASKED[by]}</p>
      <form onSubmit={submit} className={styles['form']}>
        {by === 'key' ? (
          <Field label="Key" name="key" type="password" />
        ) : (
          <>
            <Field label="User" name="user" type="text" />
            <Field label="Password" name="password" type="password" />
          </>
        )}
        {said && (
          <p role="alert" className={styles['reason']}>
            {said}
          </p>
        )}
        <Button type="submit" kind="primary" disabled={attempt.isPending}>
          Sign in
        </Button>
        {ways.length > 1 && (
          <button type="button" className={styles['other']} onClick={() => setBy(by === 'key' ? 'basic' : 'key')}>
            {by === 'key' ? 'Use a user and a password' : 'Use a key'}
          </button>
        )}
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
