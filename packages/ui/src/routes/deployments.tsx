import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { deployments } from '../api/deployments.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { SearchField } from '../components/base/search-field.tsx';
import { DeploymentTable } from '../components/deployments/deployment-table.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { useAddress, useChangeAddress } from '../lib/address.ts';
import { searchOf, text } from '../lib/search.ts';

const deploymentsSearch = searchOf({ name: text });
type DeploymentsSearch = ReturnType<typeof deploymentsSearch>;

/** All deployments, with what each did last. */
export function Deployments() {
  const { name, faults } = useAddress(deploymentsSearch);
  const change = useChangeAddress<DeploymentsSearch>();
  const list = useQuery({ ...deployments.list(name ? { deployments: { name: { like_: name } } } : {}), placeholderData: keepPreviousData });
  return (
    <>
      <PageHead title="Deployments" about="Flows with where and how to run them." />
      <SearchFaults faults={faults} />
      <Card flush actions={<SearchField label="A part of the name" value={name ?? ''} onChange={(text) => change({ name: text || undefined })} />}>
        <Answer of={list} height={400}>
          {(rows) => (
            <DeploymentTable
              deployments={rows}
              empty={
                name ? (
                  <Empty title="No deployment has such a name">
                    <Link to="/deployments">Show all deployments</Link>
                  </Empty>
                ) : (
                  <Empty title="No deployment yet" command="npx sluice deploy">
                    A deployment says where and how a flow runs. This makes those of your sluice.config.ts.
                  </Empty>
                )
              }
            />
          )}
        </Answer>
      </Card>
    </>
  );
}
