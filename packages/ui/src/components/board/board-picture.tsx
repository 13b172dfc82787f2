import type { Board } from '@sluice/core/model/board';
import { Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { PlacedBar } from '../../graph/board-layout.ts';
import { BoardView } from '../../graph/board-view.ts';
import type { Span } from '../../graph/scale.ts';
import { usePreferences } from '../../lib/preferences.ts';
import { IconButton } from '../base/button.tsx';
import styles from './board-picture.module.css';
import { BoardTip } from './board-tip.tsx';

interface BoardPictureProps {
  readonly board: Board;
  /** What the server's clock is ahead of this one. */
  readonly ahead: number;
  readonly chosen: string | null;
  /** What the picture shows, in words, for those who do not see it. */
  readonly label: string;
  readonly onPick: (runId: string | null) => void;
  readonly onSpan: (span: Span | undefined) => void;
}

interface Pointed {
  readonly bar: PlacedBar;
  readonly x: number;
  readonly y: number;
  /** Of the picture. */
  readonly width: number;
}

/** Worker lanes over time. The table below it says the same in words. */
export function BoardPicture({ board, ahead, chosen, label, onPick, onSpan }: BoardPictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<BoardView>(undefined);
  const [pointed, setPointed] = useState<Pointed>();
  const [isZoomed, setZoomed] = useState(false);
  const { theme } = usePreferences();
  const handlers = useRef({ onPick, onSpan });
  handlers.current = { onPick, onSpan };

  useEffect(() => {
    const made = new BoardView(canvas.current as HTMLCanvasElement, {
      onPoint: (bar, x, y) => setPointed(bar && { bar, x, y, width: canvas.current?.clientWidth ?? 0 }),
      onPick: (bar) => handlers.current.onPick(bar?.run.id ?? null),
      onSpan: (span) => {
        setZoomed(span !== undefined);
        handlers.current.onSpan(span);
      },
    });
    view.current = made;
    return () => made.close();
  }, []);
  useEffect(() => view.current?.show(board, ahead), [board, ahead]);
  useEffect(() => view.current?.choose(chosen), [chosen]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useEffect(() => view.current?.recolor(), [theme]);

  return (
    <div className={styles['picture']}>
      <div className={styles['tools']}>
        <IconButton label="Closer (+)" icon={ZoomIn} onClick={() => view.current?.zoomBy(1 / 1.5)} />
        <IconButton label="Farther (−)" icon={ZoomOut} disabled={!isZoomed} onClick={() => view.current?.zoomBy(1.5)} />
        <IconButton label="All (Escape)" icon={Maximize2} disabled={!isZoomed} onClick={() => view.current?.look(undefined)} />
      </div>
      <div className={styles['host']}>
        <canvas ref={canvas} className={styles['canvas']} role="img" aria-label={label} tabIndex={0} />
        {pointed && <BoardTip {...pointed} />}
      </div>
    </div>
  );
}
