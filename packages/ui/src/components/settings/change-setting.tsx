import { Dialog } from '@base-ui/react/dialog';
import { Pencil } from 'lucide-react';
import type { ServerSetting } from '../../api/admin.ts';
import { IconButton } from '../base/button.tsx';
import { CopyLine } from '../base/copy-line.tsx';
import { Popup } from '../base/dialog.tsx';

/** What stands over config.env, and so must be changed where it is. */
const OVER = {
  flag: (found: string) => `This server was started with ${found}, which counts over config.env: start it with another, or without it.`,
  environment: (found: string) => `${found} is set in the environment of the server, which counts over config.env: change it there.`,
};

/** How to change a setting: a server reads them when it starts. */
export function ChangeSetting({ setting: { name, source, found_as, doc, secret, value } }: { readonly setting: ServerSetting }) {
  const now = secret || value === null ? '…' : value;
  return (
    <Dialog.Root>
      <Dialog.Trigger render={<IconButton icon={Pencil} label={`How to change ${name}`} />} />
      <Popup title={name}>
        <p>{doc}.</p>
        {(source === 'flag' || source === 'environment') && <p>{OVER[source](found_as)}</p>}
        {name === 'SLUICE_HOME' ? (
          <p className="quiet">It says where config.env is, so it is set in the environment alone.</p>
        ) : (
          <>
            <p className="quiet">On the server’s machine, with its SLUICE_HOME; without a value it is the default again:</p>
            <CopyLine text={`npx sluice config set ${name}=${quoted(now)}`} />
          </>
        )}
        <p className="quiet">The server reads its settings when it starts:</p>
        <CopyLine text="npx sluice server stop && npx sluice server start --background" />
      </Popup>
    </Dialog.Root>
  );
}

/** As a shell takes it. */
const quoted = (value: string): string => (/^[\w./:@%+,…-]*$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`);
