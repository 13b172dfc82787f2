import { vi } from 'vitest';
import { seconds } from './patience.ts';

/** What a test and a hook may take when they say nothing else. */
vi.setConfig({ testTimeout: seconds(60), hookTimeout: seconds(120) });
