import { usePage } from './context.ts';

/** What every form needs that changes something; nothing for a reader who needs none. */
export function CsrfField() {
  const { person } = usePage();
  return person === null ? null : <input type="hidden" name="csrf_token" value={person.csrfToken} />;
}
