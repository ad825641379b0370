import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** How the interfaces respond: `slow` as `right`, but later; `stalled` starts a response and never ends it. */
export const behaviours = ['right', 'wrong', 'failing', 'slow', 'silent', 'stalled'] as const;
export type Behaviour = (typeof behaviours)[number];

interface Answer {
  readonly type: string;
  readonly body: string;
}

interface Interface {
  readonly method: 'GET' | 'POST';
  readonly right: Answer;
  /** Returned with status 200 as well, as ERPs do. */
  readonly wrong: Answer;
  /** What a request must contain to be accepted. */
  readonly asked: RegExp;
}

const json = (value: unknown): Answer => ({ type: 'application/json', body: JSON.stringify(value) });
const xml = (body: string): Answer => ({
  type: 'text/xml; charset=utf-8',
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});
const loginPage: Answer = { type: 'text/html', body: '<!doctype html><title>Sign in</title>' };

const soap = (content: string): Answer =>
  xml(
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${content}</s:Body></s:Envelope>`,
  );

const cxml = (response: string): Answer =>
  xml(
    `<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd">
<cXML xml:lang="en-US" payloadID="1@shop.example" timestamp="2026-01-01T00:00:00+00:00"><Response>${response}</Response></cXML>`,
  );

const metadata = `<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0"><edmx:DataServices>
<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="ERP">
<EntityType Name="salesOrder"><Key><PropertyRef Name="number"/></Key><Property Name="number" Type="Edm.String" Nullable="false"/></EntityType>
<EntityContainer Name="ERP"><EntitySet Name="salesOrders" EntityType="ERP.salesOrder"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>`;

const interfaces: ReadonlyMap<string, Interface> = new Map<string, Interface>([
  [
    '/api/status',
    {
      method: 'GET',
      right: json({ status: 'ok', version: '24.1' }),
      wrong: json({ status: 'maintenance' }),
      asked: /^$/,
    },
  ],
  [
    '/odata/v4/',
    {
      method: 'GET',
      right: json({ '@odata.context': '$metadata', value: [{ name: 'salesOrders', url: 'salesOrders' }] }),
      wrong: loginPage,
      asked: /^$/,
    },
  ],
  ['/odata/v4/$metadata', { method: 'GET', right: xml(metadata), wrong: loginPage, asked: /^$/ }],
  [
    '/ws/status',
    {
      method: 'POST',
      right: soap('<PingResponse xmlns="urn:erp:status">24.1</PingResponse>'),
      wrong: soap('<s:Fault><faultcode>s:Server</faultcode><faultstring>No licence</faultstring></s:Fault>'),
      asked: /<soap:Body><Ping xmlns="urn:erp:status"\/><\/soap:Body>/,
    },
  ],
  [
    '/punchout/setup',
    {
      method: 'POST',
      right: cxml(
        '<Status code="200" text="OK"/><PunchOutSetupResponse><StartPage><URL>https://shop.example/punchout?session=1</URL></StartPage></PunchOutSetupResponse>',
      ),
      wrong: cxml('<Status code="401" text="Unauthorized">The shared secret is wrong.</Status>'),
      asked: /<SharedSecret>[^<]+<\/SharedSecret>[^]*<PunchOutSetupRequest operation="create">/,
    },
  ],
]);

/** Paths of the interfaces: a status in JSON, OData, SOAP, and a punch-out in cXML. */
export const paths: readonly string[] = [...interfaces.keys()];

export interface ApiOptions {
  /** Called at each request. */
  behaviour(): Behaviour;
  /** Delay of `slow`, in milliseconds. */
  readonly slowMs: number;
  /** The required header `Authorization`; without it the response is 401. */
  readonly authorization?: string;
}

function send(response: ServerResponse, status: number, { type, body }: Answer): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body);
}

function statusOf(request: IncomingMessage, body: string, one: Interface, options: ApiOptions): number {
  if (options.authorization !== undefined && request.headers.authorization !== options.authorization)
    return 401;
  if (request.method !== one.method) return 405;
  return one.asked.test(body) ? 200 : 400;
}

/** Responds to an accepted request. */
function behave({ right, wrong }: Interface, response: ServerResponse, options: ApiOptions): void {
  const how = options.behaviour();
  if (how === 'right') send(response, 200, right);
  if (how === 'wrong') send(response, 200, wrong);
  if (how === 'failing') send(response, 503, json({ status: 'unavailable' }));
  if (how === 'slow') {
    const timer = setTimeout(() => send(response, 200, right), options.slowMs);
    response.on('close', () => clearTimeout(timer));
  }
  if (how === 'stalled')
    response.writeHead(200, { 'Content-Type': right.type }).write(right.body.slice(0, 10));
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ApiOptions,
): Promise<void> {
  const body = await text(request);
  const one = interfaces.get(request.url?.split('?')[0] ?? '');
  if (one === undefined) {
    send(response, 404, { type: 'text/plain', body: 'There is no such interface.\n' });
    return;
  }
  const status = statusOf(request, body, one, options);
  if (status === 200) behave(one, response, options);
  else send(response, status, json({ status: 'refused' }));
}

/** Minimal HTTP interfaces of an ERP and a shop, for probes; each can be made to fail. */
export function erpApi(options: ApiOptions): RequestListener {
  return (request, response) => {
    // A client that disconnects during its request gets no response.
    answer(request, response, options).catch(() => response.destroy());
  };
}
