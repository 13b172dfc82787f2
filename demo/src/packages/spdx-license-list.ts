import { columns, type TableContent } from '../demo-table.ts';
import { packageJson } from '../read-package.ts';

interface License {
  readonly name: string;
  readonly url?: string;
  readonly osiApproved: boolean;
  readonly licenseText: string;
}

export const spdxLicenses: TableContent = {
  columns: columns({ id: 'text', name: 'text not null', url: 'text', osi_approved: 'boolean not null', license_text: 'text not null' }),
  key: ['id'],
  rows: async () => {
    const licenses = await packageJson<Record<string, License>>('spdx-license-list', 'spdx-full.json');
    return Object.entries(licenses)
      .values()
      .map(([id, { name, url, osiApproved, licenseText }]) => [id, name, url ?? null, osiApproved, licenseText]);
  },
};
