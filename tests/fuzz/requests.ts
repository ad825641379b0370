import fc from 'fast-check';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

const method = fc.oneof(
  {
    arbitrary: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'DELETE', 'TRACE', 'CONNECT'),
    weight: 6,
  },
  { arbitrary: fc.constantFrom('get', 'PRI', 'GET\0', '', 'M-SEARCH', 'X'.repeat(9000)), weight: 1 },
  { arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 10 }), weight: 1 },
);

/** Parts of targets, well and badly encoded. */
const part = fc.oneof(
  fc.constantFrom(
    ...[
      'metrics',
      '-',
      'healthy',
      'ready',
      'errors',
      'lookup',
      'companies',
      'default',
      'web_orders',
      'records.csv',
    ],
    ...[
      'assets',
      'style.css',
      '..',
      '.',
      '%2e%2e',
      '%',
      '%zz',
      '%00',
      '%ff%fe',
      '%c0%af',
      '%F0%9F%92%A9',
      '%u0041',
    ],
    ...[
      '__proto__',
      'constructor',
      '<script>',
      "' OR 1=1",
      '\u{202E}',
      'x'.repeat(5000),
      '//',
      '\\',
      ';',
      ':',
      '*',
      '@',
    ],
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map(encodeURI),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const pair = fc.tuple(
  fc.oneof(fc.constantFrom('company', 'record', 'q', 'lang', 'at', 'page', '[]', '__proto__', ''), part),
  fc.oneof(part, fc.constantFrom('9'.repeat(400), '-1', 'NaN', '%', 'x'.repeat(60_000))),
);
const target = fc
  .tuple(
    fc.constantFrom('/', '/', '/', '', 'http://127.0.0.1/', '//', '*'),
    fc.array(part, { maxLength: 5 }),
    fc.array(pair, { maxLength: 6 }),
  )
  .map(([root, parts, query]) => {
    const search = query.map((both) => both.join('=')).join('&');
    return root + parts.join('/') + (search === '' ? '' : `?${search}`);
  })
  // To end the process is what this one is for.
  .filter((made) => !decodable(made).includes('quit'));

function decodable(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const header = fc.oneof(
  fc.constantFrom(
    ...[
      'Host: 127.0.0.1',
      'Host: evil.example',
      'Host:',
      'Connection: keep-alive',
      'Connection: upgrade',
      'Upgrade: h2c',
    ],
    ...[
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: chunked, gzip',
      'Content-Length: 5',
      'Content-Length: -1',
    ],
    ...[
      'Content-Length: 99999999999999999999',
      'Expect: 100-continue',
      'Expect: x',
      'Range: bytes=0-',
      'TE: trailers',
    ],
    ...[
      'Accept-Encoding: gzip',
      'Accept-Encoding: *;q=0',
      'Accept-Language: nl;q=9,,;',
      'Accept: text/html;q=x',
    ],
    ...[
      'Authorization: Basic !!!!',
      'Authorization: Bearer x',
      'Origin: null',
      'Cookie: a',
      'Sec-Fetch-Site: cross-site',
    ],
    ...[
      'If-None-Match: *',
      'If-Modified-Since: x',
      'X-Forwarded-For: ,',
      ' folded',
      ': no name',
      'No colon',
      'A\0: b',
    ],
    ...['HTTP2-Settings: AAAA', 'Content-Type: application/x-www-form-urlencoded', 'Proxy-Connection: x'],
  ),
  fc.tuple(fc.string({ unit: 'binary-ascii', maxLength: 12 }), part).map((both) => both.join(': ')),
  fc.constantFrom(
    `X: ${'x'.repeat(20_000)}`,
    Array.from({ length: 1500 }, (_, n) => `X${n}: 1`).join('\r\n'),
  ),
);
const body = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  bytes(200),
  fc
    .constantFrom('5\r\nhello\r\n0\r\n\r\n', 'ffffffffffffffff\r\n', '-1\r\n', '0\r\n\r\n', 'zz\r\n')
    .map((chunks) => Buffer.from(chunks)),
  fc.constant(Buffer.alloc(300_000, 'a=b&')),
);
const version = fc.oneof(
  { arbitrary: fc.constant('HTTP/1.1'), weight: 8 },
  {
    arbitrary: fc.constantFrom('HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.1 ', 'http/1.1', 'HTTP/9', ''),
    weight: 1,
  },
);
const lineEnd = fc.oneof(
  { arbitrary: fc.constant('\r\n'), weight: 8 },
  { arbitrary: fc.constantFrom('\n', '\r'), weight: 1 },
);

const request = fc
  .tuple(method, target, version, fc.array(header, { maxLength: 8 }), fc.boolean(), lineEnd, body)
  .map(([verb, path, http, headers, hasHost, end, content]) => {
    const lines = [`${verb} ${path} ${http}`, ...(hasHost ? ['Host: 127.0.0.1'] : []), ...headers];
    return Buffer.concat([Buffer.from(lines.join(end) + end + end, 'utf8'), content]);
  });

/** A reload as it should be, with a body that nobody wants. */
const reload = fc.tuple(fc.constantFrom('POST', 'PUT'), body).map(([verb, content]) => {
  const head = `${verb} /-/reload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${content.length}\r\nConnection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), content]);
});

/** What one connection sends: requests one after another, whole or cut short, or noise. */
export const conversation: fc.Arbitrary<Buffer> = fc.oneof(
  {
    arbitrary: fc.array(request, { minLength: 1, maxLength: 3 }).map((all) => Buffer.concat(all)),
    weight: 12,
  },
  {
    arbitrary: fc
      .tuple(request, fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([whole, share]) => whole.subarray(0, Math.floor(share * whole.length))),
    weight: 3,
  },
  { arbitrary: bytes(300), weight: 2 },
  { arbitrary: reload, weight: 1 },
);

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** A frame (RFC 9113 section 4.1), whose length may not be that of its content. */
const frame = fc
  .record({
    type: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 255 })),
    flags: fc.integer({ min: 0, max: 255 }),
    stream: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom(0x7fffffff, 0xffffffff)),
    content: fc.oneof(
      bytes(60),
      fc.constantFrom(Buffer.from('828684', 'hex'), Buffer.alloc(6, 0xff), Buffer.alloc(17_000, 1)),
    ),
    excess: fc.oneof(
      { arbitrary: fc.constant(0), weight: 6 },
      { arbitrary: fc.integer({ min: -5, max: 9000 }), weight: 1 },
    ),
  })
  .map(({ type, flags, stream, content, excess }) => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(Math.max(0, content.length + excess), 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, content]);
  });

/** A connection of HTTP/2 that begins as it should. */
export function frames(sent: readonly Buffer[]): Buffer {
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  return Buffer.concat([preface, settings, ...sent]);
}

/** What comes to a port that expects TLS. */
export const noise = fc.record({
  way: fc.constantFrom('no TLS', 'HTTP/2', 'HTTP/2', 'HTTP/2', 'HTTP/1.1'),
  plain: fc.oneof(
    bytes(200),
    bytes(60).map((tail) => Buffer.concat([Buffer.from('160301', 'hex'), tail])),
    request,
  ),
  framed: fc.oneof(
    { arbitrary: fc.array(frame, { maxLength: 20 }).map(frames), weight: 5 },
    {
      arbitrary: fc
        .tuple(bytes(24), fc.array(frame, { maxLength: 3 }))
        .map(([head, rest]) => Buffer.concat([head, ...rest])),
      weight: 1,
    },
  ),
  spoken: conversation,
});
