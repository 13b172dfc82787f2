import { isFinal } from '@sluice/core/model/state-type';
import { useQuery } from '@tanstack/react-query';
import { type FlowRun, flowRuns } from '../../api/flow-runs.ts';
import { CopyLine } from '../base/copy-line.tsx';
import styles from './wait-line.module.css';

/** Of all that it may say, only the time changes without anything that the stream tells of: `due in 90 s`. */
const TIME = / in \d+ (s|min|h|d)$/;
const ASK_AGAIN_MS = 5000;
const BAD = ['FAILED', 'CRASHED', 'CANCELLED'];
/** A command at the end of a hint: `Start one: sluice worker start …`. */
const COMMAND = /^(.*?)(sluice [^`]*)$/s;

/** Why a run does not go on, in one sentence of the server, and what to do; of one that has ended badly, what its state says. */
export function WaitLine({ run }: { readonly run: FlowRun }) {
  const mayWait = !isFinal(run.state_type);
  const refetchInterval = ({ state: { data } }: { readonly state: { readonly data?: { reason: string | null } | undefined } }) =>
    TIME.test(data?.reason ?? '') && ASK_AGAIN_MS;
  const why = useQuery({ ...flowRuns.waitReason(run.id), enabled: mayWait, refetchInterval }).data;
  if (mayWait && why?.reason)
    return <Line tone={run.state_type === 'SCHEDULED' ? 'queued' : 'waiting'} text={sentence(why.reason)} hint={why.hint} />;
  if (mayWait && run.state_type !== 'RUNNING') return <Line tone="queued" text="It goes on as soon as a worker takes it." hint={null} />;
  if (run.state?.message && BAD.includes(run.state.type)) {
    return (
      <Line
        tone={run.state.type === 'FAILED' ? 'failed' : run.state.type === 'CRASHED' ? 'crashed' : 'cancelled'}
        text={run.state.message}
        hint={null}
      />
    );
  }
  return null;
}

const sentence = (reason: string) => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${/[.!?]$/.test(reason) ? '' : '.'}`;

function Line({ tone, text, hint }: { readonly tone: string; readonly text: string; readonly hint: string | null }) {
  const [, before, command] = hint?.match(COMMAND) ?? [];
  return (
    <div className={styles['line']} data-tone={tone} role="status">
      <p className={styles['text']}>{text}</p>
      {command ? (
        <>
          <span className="quiet">{before}</span>
          <CopyLine text={`npx ${command}`} />
        </>
      ) : (
        hint && <span className="quiet">{hint}</span>
      )}
    </div>
  );
}
