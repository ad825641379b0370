import type { HistoryView } from '../view/history.ts';
import type { MonitorLine } from '../view/types.ts';
import { usePage } from './context.ts';
import type { PageContext } from './context.ts';
import { monitorPath } from './links.ts';
import { Badge, Cell, Responders, Time, factText } from './parts.tsx';
import { Sparkline } from './sparkline.tsx';

interface LineProps {
  readonly line: MonitorLine;
  readonly timezone: string;
}

/** Why the last run failed, in the language of the page; '' when it did not. */
export function failureText({ t }: PageContext, { failure }: MonitorLine): string {
  if (failure === null) return '';
  return t.text('text.run_failed', { reason: failure.reason, problem: failure.message });
}

/** What a monitor saw, in the language of the page. */
export function Result({ line, timezone }: LineProps) {
  const page = usePage();
  const { figures, isTruncated, notes, text } = line;
  const figureTexts = figures.map((figure) => factText(page, figure, timezone));
  const failure = failureText(page, line);
  return (
    <>
      {figureTexts.length > 0 ? figureTexts.join(', ') : failure === '' && text}
      {failure !== '' && <div class="problem">{failure}</div>}
      {isTruncated && <div class="note">{page.t.text('text.truncated')}</div>}
      {notes.length > 0 && (
        <div class="note">
          {page.t.text('label.notes')}: {page.t.number(notes.length)}
        </div>
      )}
    </>
  );
}

/** A monitor as a row of a table: state, name, flow, result, its last 24 hours, since, whose turn, data. */
export function MonitorRow({
  line,
  history,
  timezone,
}: LineProps & { readonly history: HistoryView | undefined }) {
  const { prefix } = usePage();
  return (
    <tr>
      <td>
        <Badge state={line.state} fact={line.stateFact} timezone={timezone} />
      </td>
      <th scope="row">
        <a href={monitorPath(prefix, line.company, line.monitor)}>{line.monitor}</a>
        <div class="quiet">{line.flow}</div>
      </th>
      <td class="result">
        <Result line={line} timezone={timezone} />
      </td>
      <td>
        <Sparkline view={history} timezone={timezone} />
      </td>
      <Cell name="label.since">
        {line.since === null ? <span class="quiet">–</span> : <Time at={line.since} timezone={timezone} />}
      </Cell>
      <Cell name="label.turn">
        <Responders responders={line.responders} />
      </Cell>
      <Cell name="label.data_from">
        <Time at={line.dataFrom} timezone={timezone} />
      </Cell>
    </tr>
  );
}
