import {
  Blocks,
  ChartGantt,
  CirclePlay,
  Cpu,
  FileChartColumn,
  Gauge,
  House,
  type LucideIcon,
  Radio,
  Rocket,
  ScrollText,
  Server,
  Settings,
  Table2,
  Variable,
  Waves,
  Workflow,
  Zap,
} from 'lucide-react';

/** A page in the list of pages. */
export interface Page {
  readonly path: string;
  readonly title: string;
  readonly icon: LucideIcon;
  /** The key that goes there after `g`. */
  readonly key: string;
  /** Stands at the foot of a phone's screen, which has room for some. */
  readonly onPhone?: true;
}

/** In the order in which they are listed. A page of one record belongs to the page of its kind. */
export const PAGES: readonly Page[] = [
  { path: '/', title: 'Home', icon: House, key: 'h', onPhone: true },
  { path: '/runs', title: 'Runs', icon: CirclePlay, key: 'r', onPhone: true },
  { path: '/boards', title: 'Board', icon: ChartGantt, key: 'b', onPhone: true },
  { path: '/flows', title: 'Flows', icon: Workflow, key: 'f' },
  { path: '/deployments', title: 'Deployments', icon: Rocket, key: 'd', onPhone: true },
  { path: '/work-pools', title: 'Work pools', icon: Waves, key: 'p' },
  { path: '/workers', title: 'Workers', icon: Cpu, key: 'w' },
  { path: '/concurrency', title: 'Concurrency', icon: Gauge, key: 'c' },
  { path: '/logs', title: 'Logs', icon: ScrollText, key: 'l' },
  { path: '/events', title: 'Events', icon: Radio, key: 'e' },
  { path: '/automations', title: 'Automations', icon: Zap, key: 'o' },
  { path: '/artifacts', title: 'Artifacts', icon: FileChartColumn, key: 'a' },
  { path: '/variables', title: 'Variables', icon: Variable, key: 'v' },
  { path: '/blocks', title: 'Blocks', icon: Blocks, key: 'k' },
  { path: '/tables', title: 'Tables', icon: Table2, key: 't' },
  { path: '/settings', title: 'Settings', icon: Settings, key: 's' },
  { path: '/system', title: 'System', icon: Server, key: 'y' },
];
