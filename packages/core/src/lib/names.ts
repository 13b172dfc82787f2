/** What the name of a flow, a deployment, a pool or a queue may be: the other signs would break a path or a template. Not more than 1000 characters. */
export const NAME_RULE = /^[^/%&><]+$/;
export const MAX_NAME = 1000;
