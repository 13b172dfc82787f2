import { useQuery } from '@tanstack/react-query';
import { admin, type ServerSetting } from '../api/admin.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { SearchField } from '../components/base/search-field.tsx';
import { Segments } from '../components/base/segments.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { SettingTable } from '../components/settings/setting-table.tsx';
import { useAddress, useChangeAddress } from '../lib/address.ts';
import { oneOf, searchOf, text } from '../lib/search.ts';

const settingsSearch = searchOf({ text, show: oneOf(['all']) });
type SettingsSearch = ReturnType<typeof settingsSearch>;

const CHOICES = { here: 'Used by this server', all: 'All' };

/** What this server is set to, and where each value is from. */
export function Settings() {
  const { text: sought = '', show, faults } = useAddress(settingsSearch);
  const change = useChangeAddress<SettingsSearch>();
  const answer = useQuery(admin.settings());
  return (
    <>
      <PageHead title="Settings" about="A flag counts over the environment, that over config.env in the server's home, and that over the default." />
      <SearchFaults faults={faults} />
      <Card
        flush
        actions={
          <>
            <Segments
              label="Which settings"
              value={show ?? 'here'}
              choices={CHOICES}
              onChange={(value) => change({ show: value === 'all' ? 'all' : undefined })}
            />
            <SearchField label="A name, value or word" value={sought} onChange={(value) => change({ text: value || undefined })} />
          </>
        }
      >
        <Answer of={answer} height={520}>
          {(all) => (
            <SettingTable
              settings={all.filter((setting) => (show === 'all' || setting.used) && isAbout(setting, sought.toLowerCase()))}
              empty={<Empty title="No setting has this">{show !== 'all' && 'Look among all: workers, flows and commands have more.'}</Empty>}
            />
          )}
        </Answer>
      </Card>
    </>
  );
}

const isAbout = ({ name, value, doc, found_as, source }: ServerSetting, sought: string): boolean =>
  [name, value ?? '', doc, found_as, source].some((part) => part.toLowerCase().includes(sought));
