import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useListPages } from '../api/use-list-pages.ts';
import { AutomationTable } from '../components/automations/automation-table.tsx';
import { CreateAutomation } from '../components/automations/create-automation.tsx';
import { Answer } from '../components/base/answer.tsx';
import { Button } from '../components/base/button.tsx';
import { Card } from '../components/base/card.tsx';
import { More } from '../components/base/more.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { SearchField } from '../components/base/search-field.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { useAddress, useChangeAddress } from '../lib/address.ts';
import { searchOf, text } from '../lib/search.ts';

const automationsSearch = searchOf({ name: text });
type AutomationsSearch = ReturnType<typeof automationsSearch>;

/** What the server does by itself when something happens. */
export function Automations() {
  const { name, faults } = useAddress(automationsSearch);
  const change = useChangeAddress<AutomationsSearch>();
  const { answer, ...pages } = useListPages('POST /automations/filter', name ? { automations: { name: { like_: name } } } : {});
  const [isCreating, setCreating] = useState(false);
  return (
    <>
      <PageHead
        title="Automations"
        about="What the server does when something happens, or does not."
        actions={
          <Button icon={Plus} kind="primary" onClick={() => setCreating(true)}>
            New automation
          </Button>
        }
      />
      <SearchFaults faults={faults} />
      <Card flush actions={<SearchField label="A part of the name" value={name ?? ''} onChange={(text) => change({ name: text || undefined })} />}>
        <Answer of={answer} height={300}>
          {(rows) => (
            <AutomationTable
              automations={rows}
              empty={
                name ? (
                  <Empty title="No automation has such a name">
                    <Link to="/automations">Show all automations</Link>
                  </Empty>
                ) : (
                  <Empty title="No automation yet">
                    One waits for events, or for their absence, and then cancels runs, starts deployments or tells somebody.
                  </Empty>
                )
              }
            />
          )}
        </Answer>
        <More {...pages} />
      </Card>
      {isCreating && <CreateAutomation onClose={() => setCreating(false)} />}
    </>
  );
}
