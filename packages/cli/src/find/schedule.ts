import type { DeploymentSchedule } from '@sluice/core/model/schedule';
import { called } from '../program/called.ts';
import type { NamedDeployment } from './deployment.ts';
import { notFound } from './or-nearest.ts';

/** A schedule of a deployment by its id or slug, or an error that gives those there are. */
export function findSchedule({ deployment: { schedules }, name }: NamedDeployment, ref: string): DeploymentSchedule {
  const found = schedules.find(({ id, slug }) => slug === ref || id === ref.toLowerCase());
  if (found) return found;
  const listed = called(`deployment schedule ls ${name}`);
  throw notFound(
    { noun: `schedule of "${name}"`, name: ref, listed },
    schedules.flatMap(({ id, slug }) => (slug === null ? [id] : [slug, id])),
  );
}
