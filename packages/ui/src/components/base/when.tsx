import { ago, span, timeText } from '../../lib/format.ts';
import { useNow } from '../../lib/now.ts';
import { usePreferences } from '../../lib/preferences.ts';

/** An instant, as the person wants to read it; its full text is the title. */
export function When({ at }: { readonly at: string | null | undefined }) {
  const { time } = usePreferences();
  const now = useNow();
  if (!at) return <span className="quiet">–</span>;
  const full = timeText(at, time === 'utc' ? 'utc' : 'local');
  return (
    <time dateTime={at} title={full} className="number">
      {time === 'relative' ? ago(Date.parse(at), now) : full}
    </time>
  );
}

/** How long something took; what has not ended takes until now. */
export function Lasting({ from, to }: { readonly from: string | null | undefined; readonly to: string | null | undefined }) {
  if (!from) return <span className="quiet">–</span>;
  return to ? <span className="number">{span(Date.parse(to) - Date.parse(from))}</span> : <Running from={from} />;
}

function Running({ from }: { readonly from: string }) {
  const now = useNow();
  return <span className="number">{span(Math.floor(Math.max(0, now - Date.parse(from)) / 1000) * 1000)}</span>;
}
