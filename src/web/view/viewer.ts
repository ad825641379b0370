/** What a reader may do besides seeing how things stand. */
export const rights = ['metrics', 'page', 'refresh', 'records', 'tickets', 'reload', 'sql'] as const;
export type Right = (typeof rights)[number];

/** Who reads a page, by what may be seen. */
export interface Viewer {
  sees(company: string): boolean;
  may(right: Right): boolean;
}
