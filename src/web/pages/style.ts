import { html } from '../html.ts';
import type { Html } from '../html.ts';

/** The style sheet of every page, with its element. */
export const style = (): Html => html`<style>
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.4; }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1.5rem; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); vertical-align: top; }
th { font-weight: 600; font-size: .85rem; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.state { display: inline-block; min-width: 4.5rem; padding: 0 .5rem; border-radius: .3rem; color: #fff; text-align: center; font-size: .85rem; }
.ok { background: #18713a; } .warning { background: #8a5a00; } .critical { background: #b3261e; } .maintenance { background: #1c5fa8; } .no_data, .closed { background: #5f6368; }
.problem { overflow-wrap: anywhere; }
details { font-size: .85rem; } ul { margin: .2rem 0; padding-left: 1.2rem; }
.note { opacity: .75; font-size: .85rem; }
footer { font-size: .85rem; opacity: .75; }
@media (max-width: 40rem) {
  body { padding: .6rem; }
  th, td { padding: .3rem; font-size: .85rem; overflow-wrap: anywhere; }
  .monitors td:nth-child(2) { min-width: 6.5rem; }
  td.time { white-space: normal; }
  .state { min-width: 0; padding: 0 .3rem; overflow-wrap: normal; }
  .monitors :is(th, td):nth-child(3) { display: none; }
}
</style>`;
