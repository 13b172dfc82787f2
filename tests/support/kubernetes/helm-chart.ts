import { spawn } from 'node:child_process';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import type { Answer } from './kube-call.ts';

const CHART = fileURLToPath(new URL('../../../deploy/helm/sluice', import.meta.url));
const RENDER = fileURLToPath(new URL('./render-chart.py', import.meta.url));

/** The objects that Helm makes of the chart with these values, or why it does not. */
export async function renderChart(values: object): Promise<readonly Answer['json'][] | string> {
  const env = { PATH: process.env['PATH'], PYTHONPATH: `${process.env['SLUICE_KUBERNETES_BIN']}/helm` };
  const child = spawn('python3', [RENDER, CHART], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(values));
  const { manifests, error } = (await json(child.stdout)) as { manifests?: Record<string, string>; error?: string };
  if (!manifests) return error ?? 'nothing';
  const texts = Object.entries(manifests).filter(([name]) => name.endsWith('.yaml'));
  return texts.flatMap(([, text]) => loadAll(text)).filter(Boolean);
}
