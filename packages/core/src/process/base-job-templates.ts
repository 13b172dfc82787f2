import { DOCKER_TEMPLATE } from './docker-template.ts';
import { KUBERNETES_TEMPLATE } from './kubernetes-template.ts';

type Template = { readonly variables: object; readonly job_configuration: object };

/** Of a work pool that is made without one, by its type. Prefect's own types that are not here have none of ours. */
const TEMPLATES: { readonly [type: string]: Template } = { docker: DOCKER_TEMPLATE, kubernetes: KUBERNETES_TEMPLATE };

export const baseJobTemplate = (type: string): Template | undefined => (Object.hasOwn(TEMPLATES, type) ? TEMPLATES[type] : undefined);
