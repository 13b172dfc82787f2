import type { Automation } from '../model/automation.ts';
import type { FlowRunNotificationPolicy } from '../model/notification-policy.ts';

/** What a policy does. No automation of a client's can say so. */
export const NOTIFY_OF_FLOW_RUN = 'notify-of-flow-run';

/** That of Prefect 2.13.7. */
const DEFAULT_MESSAGE = `
Flow run {flow_name}/{flow_run_name} entered state \`{flow_run_state_name}\` at {flow_run_state_timestamp}.

Flow ID: {flow_id}
Flow run ID: {flow_run_id}
Flow run URL: {flow_run_url}
State message: {flow_run_state_message}
`;

/**
 * A policy as the automation that does the same: it fires for every state with one of the names, of a run with one of the tags. No names
 * mean every name, no tags every run, as in Prefect 2.13.7.
 */
export function automationOfPolicy({ id, created, updated, state_names, tags, ...policy }: FlowRunNotificationPolicy): Automation {
  return {
    id,
    created,
    updated,
    name: 'Flow run notification policy',
    description: '',
    enabled: policy.is_active,
    tags: [],
    trigger: {
      type: 'event',
      id,
      posture: 'Reactive',
      // An event without a state is none of the server's own: a client tells that its run lives.
      match: { 'prefect.resource.id': 'prefect.flow-run.*', 'prefect.state-name': '*' },
      match_related: tags.length > 0 ? { 'prefect.resource.role': 'tag', 'prefect.resource.id': tags.map((tag) => `prefect.tag.${tag}`) } : {},
      after: [],
      expect: state_names.length > 0 ? state_names.map((name) => `prefect.flow-run.${name}`) : ['prefect.flow-run.*'],
      for_each: [],
      threshold: 1,
      within: 0,
    },
    actions: [
      { type: NOTIFY_OF_FLOW_RUN, block_document_id: policy.block_document_id, message_template: policy.message_template ?? DEFAULT_MESSAGE },
    ],
    actions_on_trigger: [],
    actions_on_resolve: [],
  };
}

/** A template of Python's `str.format`: names in braces stand for values, and a double brace for a brace. */
export const renderPythonTemplate = (template: string, values: { readonly [name: string]: string }): string =>
  template.replaceAll(/\{\{|\}\}|\{(\w+)[^{}]*\}/g, (whole, name: string | undefined) =>
    name === undefined ? whole.slice(1) : (values[name] ?? ''),
  );
