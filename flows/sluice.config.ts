import { defineConfig } from '@sluice/sdk';
import { deployments } from './main-etl.ts';

export default defineConfig({ deployments: deployments() });
