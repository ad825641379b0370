/** How a remedy stands, a closed list: the values of the label `state` of `erp_remedy_state`. */
export const remedyStates = ['active', 'dry_run', 'paused', 'stopped'] as const;
export type RemedyStateName = (typeof remedyStates)[number];
