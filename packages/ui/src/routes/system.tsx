import { useQuery } from '@tanstack/react-query';
import { admin } from '../api/admin.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Facts } from '../components/base/facts.tsx';
import { Figures } from '../components/base/figures.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { RouteTimes } from '../components/system/route-times.tsx';
import { ServiceTable } from '../components/system/service-table.tsx';
import { databaseFacts, howItDoes, serverFacts } from '../components/system/status-facts.tsx';
import styles from './system.module.css';

/** The page to open when things are slow: where the server's time goes, and who waits. */
export function System() {
  const answer = useQuery(admin.statusNow());
  return (
    <>
      <PageHead title="System" about="How this server does: times of the last five minutes, asked again every few seconds while you look." />
      <Answer of={answer} height={900}>
        {(status) => (
          <>
            <Card>
              <Figures figures={howItDoes(status)} />
            </Card>
            <div className={styles['columns']}>
              <Card title="Server">
                <Facts facts={serverFacts(status)} />
              </Card>
              <Card title="Database">
                <Facts facts={databaseFacts(status)} />
              </Card>
            </div>
            <RouteTimes requests={status.requests} />
            <Card title="Loops" flush>
              <ServiceTable services={status.services} />
            </Card>
          </>
        )}
      </Answer>
    </>
  );
}
