import { Fragment, type ReactNode } from 'react';
import type { ServerSetting } from '../../api/admin.ts';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { Sign } from '../base/tags.tsx';
import { ChangeSetting } from './change-setting.tsx';

const columns = columnsOf<ServerSetting>((column) => [
  column.display({ id: 'name', header: 'Setting', cell: ({ row }) => <code>{breakable(row.original.name)}</code>, meta: { wraps: true } }),
  column.display({ id: 'value', header: 'Value', cell: ({ row }) => <Value {...row.original} />, meta: { narrow: '42%' } }),
  column.display({ id: 'source', header: 'From', cell: ({ row }) => <Source {...row.original} />, meta: { wideOnly: true } }),
  column.display({ id: 'doc', header: 'What it is', cell: ({ row }) => row.original.doc, meta: { width: '40%', wraps: true, wideOnly: true } }),
  column.display({
    id: 'change',
    header: () => <span className="hidden-text">Change</span>,
    cell: ({ row }) => <ChangeSetting setting={row.original} />,
    meta: { width: '50px', align: 'end' },
  }),
]);

/** Settings with their values; what somebody has set has a colour. */
export function SettingTable({ settings, empty }: { readonly settings: readonly ServerSetting[]; readonly empty: ReactNode }) {
  return <DataTable label="Settings" rows={settings} columns={columns} rowKey={({ name }) => name} tone={toneOf} empty={empty} />;
}

/** A long name goes on in the next line after an underscore. */
const breakable = (name: string): ReactNode =>
  name.split(/(?<=_)/).map((word) => (
    <Fragment key={word}>
      {word}
      <wbr />
    </Fragment>
  ));

const toneOf = ({ source }: ServerSetting): string => (source === 'default' ? '' : 'accent');

function Value({ value, secret }: ServerSetting) {
  if (value === null) return <span className="quiet">not set</span>;
  return secret ? <span className="quiet">set, not shown</span> : <code title={value}>{value}</code>;
}

function Source({ source, found_as, name }: ServerSetting) {
  if (source === 'default') return <span className="quiet">default</span>;
  const says = source !== 'config.env' || found_as !== name ? `${source}: ${found_as}` : source;
  return <Sign tone="accent">{says}</Sign>;
}
