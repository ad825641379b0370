import { describe, expect, it } from 'vitest';
import { linked, webUrl } from '../../../../src/tickets/trackers/shared/web-url.ts';

describe('the address of a ticket', () => {
  it.each(['javascript:alert(1)', 'data:text/html,a', 'file:///etc/passwd', 'acme/erp', ''])(
    'is never %j',
    (told) => expect(webUrl.safeParse(told).success).toBe(false),
  );

  it('stands where the tracker is reached', () => {
    const url = new URL('https://git.acme.example:8443/git');
    expect(linked('http://localhost:3000/git/acme/erp/issues/7', url)).toBe(
      'https://git.acme.example:8443/git/acme/erp/issues/7',
    );
  });
});
