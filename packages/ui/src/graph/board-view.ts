import type { Board } from '@sluice/core/model/board';
import { isFinal } from '@sluice/core/model/state-type';
import { type BoardLayout, barAt, GUTTER, layoutOf, type PlacedBar } from './board-layout.ts';
import { type Colors, readColors } from './colors.ts';
import { paintBoard } from './paint-board.ts';
import { type Scale, type Span, scaleOf, within, zoom } from './scale.ts';

export interface BoardEvents {
  /** The bar under the pointer, and where; undefined when there is none. */
  readonly onPoint: (bar: PlacedBar | undefined, x: number, y: number) => void;
  /** A bar was clicked; undefined: what is no bar. */
  readonly onPick: (bar: PlacedBar | undefined) => void;
  /** Another stretch is looked at, and it rests; undefined: all. */
  readonly onSpan: (span: Span | undefined) => void;
}

/** What goes on grows this often. */
const FRAME_MS = 100;
const DRAG_FROM = 4;
/** After the last step of a zoom: what else shows the stretch, such as a table, would take the frames from the picture. */
const REST_MS = 120;
const STEP = 1.5;

/** A board on a canvas, which can be zoomed by a brush, the wheel and keys. It knows nothing of what is around it. */
export class BoardView {
  readonly #canvas: HTMLCanvasElement;
  readonly #events: BoardEvents;
  readonly #stop = new AbortController();
  readonly #observer: ResizeObserver;
  #board: Board | undefined;
  #layout: BoardLayout | undefined;
  #colors: Colors;
  #span: Span | undefined;
  #chosen: string | null = null;
  #ahead: number | null = null;
  #brush: { readonly from: number; to: number } | undefined;
  #frame = 0;
  #width = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(canvas: HTMLCanvasElement, events: BoardEvents) {
    this.#canvas = canvas;
    this.#events = events;
    this.#colors = readColors(canvas.parentElement as HTMLElement);
    // Asked for in each frame, the width would lay out the page each time.
    this.#observer = new ResizeObserver(([entry]) => {
      this.#width = entry?.contentRect.width ?? 0;
      this.#paintSoon();
    });
    this.#observer.observe(canvas.parentElement as HTMLElement);
    const options = { signal: this.#stop.signal };
    canvas.addEventListener('pointerdown', (event) => this.#down(event), options);
    canvas.addEventListener('pointermove', (event) => this.#move(event), options);
    canvas.addEventListener('pointerup', (event) => this.#up(event), options);
    canvas.addEventListener('pointerleave', () => this.#events.onPoint(undefined, 0, 0), options);
    canvas.addEventListener('dblclick', () => this.look(undefined), options);
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { ...options, passive: false });
    canvas.addEventListener('keydown', (event) => this.#key(event), options);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.recolor(), options);
  }

  /** Shows this board. What goes on grows with the clock, of which the server's is so far ahead; null: it ends where the board was read. */
  show(board: Board, ahead: number | null): void {
    const isFirst = this.#board?.id !== board.id;
    this.#board = board;
    this.#ahead = ahead;
    if (isFirst) this.#span = undefined;
    const grows = ahead !== null && board.runs.some(({ state_type }) => !isFinal(state_type));
    if (grows) this.#timer ??= setInterval(() => document.hidden || this.#relayout(), FRAME_MS);
    else this.#endTimer();
    this.#relayout();
  }

  /** The run that stands out. */
  choose(id: string | null): void {
    this.#chosen = id;
    this.#paintSoon();
  }

  /** Looks at a stretch; undefined: at all. */
  look(span: Span | undefined): void {
    this.#span = span && this.#layout ? within(span, this.#layout.all) : undefined;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#events.onSpan(this.#span), REST_MS);
    this.#paintSoon();
  }

  /** `factor` above 1 shows more. */
  zoomBy(factor: number, around?: number): void {
    if (!this.#layout) return;
    const span = this.#span ?? this.#layout.all;
    const next = zoom(span, this.#layout.all, around ?? (span.from + span.to) / 2, factor);
    this.look(next.to - next.from >= (this.#layout.all.to - this.#layout.all.from) * 0.999 ? undefined : next);
  }

  /** The theme is another one. */
  recolor(): void {
    this.#colors = readColors(this.#canvas.parentElement as HTMLElement);
    this.#paintSoon();
  }

  close(): void {
    this.#stop.abort();
    this.#observer.disconnect();
    this.#endTimer();
    clearTimeout(this.#rest);
    cancelAnimationFrame(this.#frame);
  }

  #endTimer(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  get #now(): number {
    return this.#ahead === null ? Date.parse((this.#board as Board).at) : Date.now() + this.#ahead;
  }

  #relayout(): void {
    if (!this.#board) return;
    this.#layout = layoutOf(this.#board, this.#now);
    this.#paintSoon();
  }

  #paintSoon(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#paint());
  }

  get #left(): number {
    return Math.min(GUTTER, this.#width * 0.25);
  }

  #scale(): Scale | undefined {
    return this.#layout && scaleOf(this.#span ?? this.#layout.all, this.#left, this.#width - this.#left - 6);
  }

  #paint(): void {
    const [layout, scale] = [this.#layout, this.#scale()];
    const context = this.#canvas.getContext('2d');
    if (!layout || !scale || !context || this.#width === 0) return;
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(this.#width * ratio), Math.round(layout.height * ratio)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
      this.#canvas.style.height = `${layout.height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const easel = { context, scale, left: this.#left, width: this.#width, colors: this.#colors, now: this.#now };
    paintBoard({ ...easel, origin: layout.all.from + (layout.all.to - layout.all.from) / 102, chosen: this.#chosen }, layout);
    if (!this.#brush) return;
    context.globalAlpha = 0.2;
    context.fillStyle = this.#colors.accent;
    context.fillRect(Math.min(this.#brush.from, this.#brush.to), 0, Math.abs(this.#brush.to - this.#brush.from), layout.height);
    context.globalAlpha = 1;
  }

  #barAt({ offsetX, offsetY }: MouseEvent): PlacedBar | undefined {
    const scale = this.#scale();
    return this.#layout && scale && offsetX >= this.#left ? barAt(this.#layout, offsetY, scale.at(offsetX)) : undefined;
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0 || event.offsetX < this.#left) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#brush = { from: event.offsetX, to: event.offsetX };
  }

  #move(event: PointerEvent): void {
    if (this.#brush) {
      this.#brush.to = event.offsetX;
      this.#paintSoon();
    } else this.#events.onPoint(this.#barAt(event), event.offsetX, event.offsetY);
  }

  #up(event: PointerEvent): void {
    const [brush, scale] = [this.#brush, this.#scale()];
    this.#brush = undefined;
    if (!brush || !scale) return;
    if (Math.abs(brush.to - brush.from) < DRAG_FROM) this.#events.onPick(this.#barAt(event));
    else this.look({ from: scale.at(Math.min(brush.from, brush.to)), to: scale.at(Math.max(brush.from, brush.to)) });
    this.#paintSoon();
  }

  #wheel(event: WheelEvent): void {
    const scale = this.#scale();
    if (!scale) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoomBy(event.deltaY > 0 ? 1.2 : 1 / 1.2, scale.at(event.offsetX));
    } else if (this.#span && Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      this.#pan(event.deltaX / Math.max(1, this.#width));
    }
  }

  #pan(share: number): void {
    if (!this.#span) return;
    const by = share * (this.#span.to - this.#span.from);
    this.look({ from: this.#span.from + by, to: this.#span.to + by });
  }

  #key(event: KeyboardEvent): void {
    const acts: { readonly [key: string]: () => void } = {
      ArrowLeft: () => this.#pan(-0.2),
      ArrowRight: () => this.#pan(0.2),
      '+': () => this.zoomBy(1 / STEP),
      '=': () => this.zoomBy(1 / STEP),
      '-': () => this.zoomBy(STEP),
      Escape: () => this.look(undefined),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
