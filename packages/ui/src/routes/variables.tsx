import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useListPages } from '../api/use-list-pages.ts';
import { variables } from '../api/variables.ts';
import { Answer } from '../components/base/answer.tsx';
import { Button } from '../components/base/button.tsx';
import { Card } from '../components/base/card.tsx';
import { More } from '../components/base/more.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { SearchField } from '../components/base/search-field.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { CreateVariable, EditVariable } from '../components/variables/variable-dialogs.tsx';
import { VariableTable } from '../components/variables/variable-table.tsx';
import { useAddress, useChangeAddress } from '../lib/address.ts';
import { id, searchOf, text } from '../lib/search.ts';

const variablesSearch = searchOf({ name: text, edit: id });
type VariablesSearch = ReturnType<typeof variablesSearch>;

/** All variables: what flows read by name. */
export function Variables() {
  const { name, edit, faults } = useAddress(variablesSearch);
  const change = useChangeAddress<VariablesSearch>();
  const { answer, ...pages } = useListPages('POST /variables/filter', name ? { variables: { name: { like_: name } } } : {});
  const [isCreating, setCreating] = useState(false);
  return (
    <>
      <PageHead
        title="Variables"
        about="Values that flows read by name."
        actions={
          <Button icon={Plus} kind="primary" onClick={() => setCreating(true)}>
            New variable
          </Button>
        }
      />
      <SearchFaults faults={faults} />
      <Card flush actions={<SearchField label="A part of the name" value={name ?? ''} onChange={(text) => change({ name: text || undefined })} />}>
        <Answer of={answer} height={300}>
          {(rows) => (
            <VariableTable
              variables={rows}
              empty={
                name ? (
                  <Empty title="No variable has such a name">
                    <Link to="/variables">Show all variables</Link>
                  </Empty>
                ) : (
                  <Empty title="No variable yet" command="npx sluice variable set region eu">
                    A flow reads one by its name, so that a value can be changed without the flow.
                  </Empty>
                )
              }
            />
          )}
        </Answer>
        <More {...pages} />
      </Card>
      {isCreating && <CreateVariable onClose={() => setCreating(false)} />}
      {edit && <Edited id={edit} onClose={() => change({ edit: undefined })} key={edit} />}
    </>
  );
}

function Edited({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const variable = useQuery(variables.one(id));
  return (
    <Answer of={variable} height={0}>
      {(variable) => <EditVariable variable={variable} onClose={onClose} />}
    </Answer>
  );
}
