import {
  ChartGantt,
  CirclePlay,
  Cpu,
  Gauge,
  House,
  type LucideIcon,
  Rocket,
  ScrollText,
  Server,
  Settings,
  Table2,
  Waves,
  Workflow,
} from 'lucide-react';

/** A page in the list of pages. */
export interface Page {
  readonly path: string;
  readonly title: string;
  readonly icon: LucideIcon;
  /** The key that goes there after `g`. */
  readonly key: string;
}

/** In the order in which they are listed. A page of one record belongs to the page of its kind. */
export const PAGES: readonly Page[] = [
  { path: '/', title: 'Home', icon: House, key: 'h' },
  { path: '/runs', title: 'Runs', icon: CirclePlay, key: 'r' },
  { path: '/boards', title: 'Board', icon: ChartGantt, key: 'b' },
  { path: '/flows', title: 'Flows', icon: Workflow, key: 'f' },
  { path: '/deployments', title: 'Deployments', icon: Rocket, key: 'd' },
  { path: '/work-pools', title: 'Work pools', icon: Waves, key: 'p' },
  { path: '/workers', title: 'Workers', icon: Cpu, key: 'w' },
  { path: '/concurrency', title: 'Concurrency', icon: Gauge, key: 'c' },
  { path: '/logs', title: 'Logs', icon: ScrollText, key: 'l' },
  { path: '/tables', title: 'Tables', icon: Table2, key: 't' },
  { path: '/settings', title: 'Settings', icon: Settings, key: 's' },
  { path: '/system', title: 'System', icon: Server, key: 'y' },
];
