import { usePage } from './context.ts';
import type { SignedIn } from './context.ts';

/** What every form needs that changes something; nothing for a reader who needs none. */
export function CsrfField() {
  const { person } = usePage();
  return person === null ? null : <input type="hidden" name="csrf_token" value={person.csrfToken} />;
}

/** Signs somebody out, whose name it tells. */
export function SignOutForm({ person }: { readonly person: SignedIn }) {
  const { t, prefix } = usePage();
  return (
    <form class="person" method="post" action={`${prefix}/logout`}>
      <CsrfField />
      <span>{t.text('sign_in.who', { name: person.name })}</span> <button>{t.text('sign_in.out')}</button>
    </form>
  );
}
