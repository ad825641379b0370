import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tellingPart, tellingParts, traceOf } from '../../src/known-errors/telling.ts';

const many = (line: (index: number) => string, count = 2000) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** Traces as programs write them, each far longer than 4 kB, with the part that tells most. */
const traces: Readonly<Record<string, readonly [trace: string, telling: string]>> = {
  Python: [
    `Traceback (most recent call last):\n${many((i) => `  File "/opt/odoo/models.py", line ${i}, in write\n    self._write(vals, ${i})`)}\npsycopg2.errors.SerializationFailure: could not serialize access due to concurrent update`,
    'psycopg2.errors.SerializationFailure: could not serialize access due to concurrent update',
  ],
  'Python, a chain, marks below what failed, and a message of two lines': [
    `2026-11-21 08:00:01 ERROR odoo.http: Exception during request\nTraceback (most recent call last):\n  File "/opt/a.py", line 1, in x\n    d[key]\n    ~^^^^^\nKeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n${many((i) => `  File "/opt/b.py", line ${i}, in y\n    raise UserError(msg)`)}\nodoo.exceptions.UserError: No lines.\nAdd one.`,
    'odoo.exceptions.UserError: No lines.\nAdd one.',
  ],
  'Python without its source': [
    `Traceback (most recent call last):\n  File "<decorator-gen-356>", line 2, in drop\n  File "/usr/lib/odoo/service/db.py", line 39, in if_enabled\nrequests.exceptions.HTTPError: 401 Unauthorized`,
    'requests.exceptions.HTTPError: 401 Unauthorized',
  ],
  'Java, with causes': [
    `jakarta.xml.ws.WebServiceException: Could not send Message.\n${many((i) => `\tat org.apache.cxf.Client.invoke(Client.java:${i})`)}\nCaused by: org.apache.cxf.interceptor.Fault: no answer\n\tat org.apache.cxf.X.y(X.java:1) ~[cxf-core-3.5.jar:3.5]\n\t... 2 more\nCaused by: java.net.SocketTimeoutException: Read timed out\n\tat java.base/java.net.Socket.read(Socket.java:9)\n\t... 31 common frames omitted`,
    'java.net.SocketTimeoutException: Read timed out',
  ],
  '.NET Framework, in German': [
    `System.AggregateException: Mindestens ein Fehler ist aufgetreten. ---> System.Net.WebException: Fehler ---> System.Net.Sockets.SocketException: Es konnte keine Verbindung hergestellt werden\r\n   bei System.Net.Sockets.Socket.DoConnect(EndPoint e)\r\n   --- Ende der internen Ausnahmestapelüberwachung ---\r\n${many((i) => `   bei Sync.Orders.Send(Order o) in C:\\src\\Orders.cs:Zeile ${i}`)}`,
    'System.Net.Sockets.SocketException: Es konnte keine Verbindung hergestellt werden',
  ],
  '.NET, an inner exception on a line of its own': [
    ` System.InvalidOperationException: Order 7 was not sent.\n ---> System.Data.SqlClient.SqlException (0x80131904): Timeout expired.\n   at System.Data.SqlClient.SqlConnection.OnError(SqlException e, Boolean b)\n   --- End of inner exception stack trace ---\n${many((i) => `   at Sync.Run() in /src/Sync.cs:line ${i}`)}`,
    'System.Data.SqlClient.SqlException (0x80131904): Timeout expired.',
  ],
  PHP: [
    `PHP message: PHP Fatal error:  Uncaught Mollie\\Api\\Exceptions\\ApiException: The amount is higher than the maximum in /var/www/vendor/mollie/Client.php:214\nStack trace:\n${many((i) => `#${i} /var/www/vendor/mollie/Client.php(${i}): Client->call('refunds')`)}\n#2001 {main}\n  thrown in /var/www/vendor/mollie/Client.php on line 214`,
    'Mollie\\Api\\Exceptions\\ApiException: The amount is higher than the maximum',
  ],
  'PHP, what came of a cause': [
    `PDOException: SQLSTATE[HY000] [2002] Connection refused in /srv/db.php:9\nStack trace:\n#0 /srv/db.php(9): PDO->__construct()\n#1 {main}\n\nNext App\\OrderException: Order 7 was not exported in /srv/o.php:3\nStack trace:\n${many((i) => `#${i} /srv/o.php(${i}): export()`)}`,
    'PDOException: SQLSTATE[HY000] [2002] Connection refused',
  ],
  'Node, with a cause': [
    `Error: export failed\n${many((i) => `    at async Queue.run (file:///app/queue.js:${i}:7)`)} {\n  [cause]: Error: connect ECONNREFUSED 10.0.0.5:443\n      at TCPConnectWrap.afterConnect (node:net:1611:16) {\n    code: 'ECONNREFUSED'\n  }\n}`,
    "Error: connect ECONNREFUSED 10.0.0.5:443\n    code: 'ECONNREFUSED'\n  }\n}",
  ],
  Ruby: [
    `Stripe::InvalidRequestError: Invalid positive integer\n${many((i) => `\tfrom /gems/stripe/lib/stripe.rb:${i}:in \`handle'`)}`,
    'Stripe::InvalidRequestError: Invalid positive integer',
  ],
  'in JSON, with its line breaks as escapes': [
    String.raw`{"error":"Traceback (most recent call last):\n  File \"/opt/a.py\", line 3, in f\n    g()\nValueError: No \u20ac here"}`,
    'ValueError: No € here"}',
  ],
};

describe('the telling part of a stack trace', () => {
  it.each(Object.entries(traces))('%s', (_form, [trace, telling]) => {
    expect(tellingPart(trace)).toBe(telling);
  });

  it('is the same wherever the program was', () => {
    for (const [trace, telling] of Object.values(traces))
      expect(
        tellingPart(
          trace.replaceAll(/line \d+|Zeile \d+|:\d+\)|\(\d+\): /g, (at) => at.replace(/\d+/, '77')),
        ),
      ).toBe(telling);
  });

  it('comes before the parts around it, down to the outermost', () => {
    expect(tellingParts(traces['Java, with causes']?.[0] ?? '')).toEqual([
      'java.net.SocketTimeoutException: Read timed out',
      'org.apache.cxf.interceptor.Fault: no answer',
      'jakarta.xml.ws.WebServiceException: Could not send Message.',
    ]);
    expect(tellingParts(Object.values(traces)[1]?.[0] ?? '')).toEqual([
      'odoo.exceptions.UserError: No lines.\nAdd one.',
      "KeyError: 'a'",
      '2026-11-21 08:00:01 ERROR odoo.http: Exception during request',
    ]);
  });
});

describe('the trace for people', () => {
  it.each(Object.entries(traces))('of %s is bounded, in whole lines from both ends', (_form, [trace]) => {
    const kept = traceOf(trace);
    expect(kept).not.toBe('');
    expect(kept.length).toBeLessThanOrEqual(4003);
    const lines = new Set(trace.split('\n').map((line) => line.trim()));
    const others = kept.split('\n').filter((line) => line !== '…' && !lines.has(line.trim()));
    // Some are written with escapes for their line breaks.
    if (trace.includes('\n')) expect(others).toEqual([]);
  });

  it('is the whole of a short one', () => {
    const trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in b\nKeyError: 1';
    expect(traceOf(`${trace}\n`)).toBe(trace);
  });

  it.each(['', '\n', '!\n!\n ', 'Order 10045 was refused', 'Two lines are wrong:\n#12 is missing'])(
    '%j has none',
    (text) => {
      expect(traceOf(text)).toBe('');
    },
  );
});

describe('a text that is no trace', () => {
  it.each([
    'Order 10045 was refused',
    'Two lines are wrong:\n#12 is missing\n#13 is blocked',
    'Delivered at (warehouse 7)',
    String.raw`The file C:\new\table.csv was not found`,
    '',
    '\n',
  ])('%j is its own telling part', (text) => {
    expect(tellingParts(text)).toEqual([text.trim() === '' ? text : text.trim()]);
  });

  it('is seen at both of its ends when it is long', () => {
    const [beginning = '', end = ''] = tellingParts(`the beginning ${'x'.repeat(1_000_000)} the end`);
    expect(beginning.startsWith('the beginning')).toBe(true);
    expect(end.endsWith('the end')).toBe(true);
  });
});

it('are bounded, whatever the text', () => {
  const line = fc.constantFrom(
    'Caused by: x\n',
    'Traceback (most recent call last):\n',
    '  File "a", line 1, in b\n',
    ' ---> y',
    '\nNext Z: 1\n',
    '#0 a(1): b\n',
    '    at a (b:1:2)\n',
    'Error: gone\n',
    '\\n',
    '\\u00e9',
    '"',
    '  ',
    'z'.repeat(3000),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 200 }), (lines) => {
      const parts = tellingParts(lines.join(''));
      expect(parts.length).toBeGreaterThan(0);
      expect(parts.length).toBeLessThanOrEqual(8);
      expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(4096);
    }),
  );
});
