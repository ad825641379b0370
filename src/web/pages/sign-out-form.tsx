import { usePage } from './context.ts';
import type { SignedIn } from './context.ts';
import { CsrfField } from './csrf-field.tsx';

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
