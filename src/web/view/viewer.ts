import type { Right } from '../../config/config.ts';

/** Who reads a page, by what may be seen. */
export interface Viewer {
  sees(company: string): boolean;
  may(right: Right): boolean;
}
