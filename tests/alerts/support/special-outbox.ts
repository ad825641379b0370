import { orders } from './cases.ts';
import type { PromtoolTest } from './scenarios.ts';
import { anyBut, firing, inEnvironments, never, test } from './special.ts';
import type { Reported } from './special.ts';

const stuck: Reported = { alertname: 'ErpOutboxStuck', severity: 'warning', responder: 'it' };
const notWritten: Reported = { alertname: 'ErpOutboxNotWritten', severity: 'critical', responder: 'it' };

/** Entries of a kind, the oldest of which waits since a minute. */
const waiting = (kind: string, since: number) => ({
  [`erp_outbox_oldest_waiting_timestamp_seconds{kind="${kind}",action="a"}`]: since * 60,
});
const fresh = (minute: number) => ({ erp_outbox_store_up: 1, ...waiting('ticket', minute) });

/** What is tested of the outbox beside its cases. */
export const outboxScenarios: readonly PromtoolTest[] = [
  test(
    'an outbox that nothing waits in any longer is not stuck',
    90,
    orders,
    (minute) => (minute < 60 ? waiting('ticket', 0) : {}),
    [firing(35, anyBut, []), firing(36, anyBut, [stuck]), firing(69, anyBut, [stuck]), firing(70, anyBut, [])],
  ),
  test('one kind of entry that waits is enough', 40, orders, (minute) => ({ ...fresh(minute), ...waiting('remedy', 0) }), [
    firing(36, anyBut, [stuck]),
  ]),
  test(
    'an outbox of which one replica carries out nothing is stuck',
    40,
    orders,
    (minute, instance) => (instance === 'a' ? fresh(minute) : waiting('ticket', 0)),
    [firing(36, anyBut, [stuck])],
    ['a', 'b'],
  ),
  test(
    'what waited while the exporter was away is no alert when it is carried out soon after',
    120,
    orders,
    (minute) => (minute < 10 ? waiting('ticket', 10) : minute < 80 ? null : minute < 84 ? waiting('ticket', 10) : {}),
    [never(120, 'alertname="ErpOutboxStuck"')],
  ),
  test('what is planned for later does not wait', 60, orders, () => waiting('remedy', 600), [never(60, anyBut)]),
  test(
    'the outbox of one of two replicas that cannot be written is reported',
    40,
    orders,
    (minute, instance) => ({ erp_outbox_store_up: instance === 'a' || minute < 10 ? 1 : 0 }),
    [firing(14, anyBut, []), firing(15, anyBut, [notWritten])],
    ['a', 'b'],
  ),
  inEnvironments(
    test(
      'the outbox of one environment says nothing of another one',
      40,
      orders,
      (minute, instance) => (instance === 'a' ? fresh(minute) : { ...waiting('ticket', 0), erp_outbox_store_up: 0 }),
      [
        firing(36, anyBut, [
          { ...stuck, environment: 'b' },
          { ...notWritten, environment: 'b' },
        ]),
      ],
      ['a', 'b'],
    ),
  ),
];
