/* global document, fetch, getComputedStyle, ResizeObserver, uPlot */
/* Draws the history of a monitor by uPlot in place of the small drawing that the server made. */
(() => {
  const colours = {
    failed: '--critical',
    late: '--warning',
    missing: '--info',
    waiting: '--quiet',
    duration: '--ok',
  };
  const height = 240;

  async function draw(place) {
    const answer = await fetch(place.dataset.history);
    if (!answer.ok) return;
    const { times, series, timezone } = await answer.json();
    if (times.length < 2) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name);
    const probe = document.createElement('span');
    place.append(probe);
    // A canvas needs the colour itself, not the pair of a light and a dark one.
    const resolved = (name) => {
      probe.style.color = colour(name);
      return getComputedStyle(probe).color;
    };
    const axis = { stroke: resolved('--ink'), grid: { stroke: resolved('--line') } };
    const options = {
      width: place.clientWidth,
      height,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timezone),
      fmtDate: (template) =>
        uPlot.fmtDate(
          template
            .replace('{h}{aa}', '{HH}:00')
            .replace('{h}:{mm}{aa}', '{HH}:{mm}')
            .replace('{M}/{D}/{YY}', '{YYYY}-{MM}-{DD}')
            .replace('{M}/{D}', '{MM}-{DD}'),
        ),
      series: [
        { value: '{YYYY}-{MM}-{DD} {HH}:{mm}' },
        ...series.map(({ name, label }) => ({
          label,
          stroke: resolved(colours[name]),
          scale: name === 'duration' ? 's' : 'records',
          show: name !== 'duration',
        })),
      ],
      scales: { records: { range: (chart, least, most) => [0, Math.max(1, most)] } },
      axes: [axis, { ...axis, scale: 'records' }, { ...axis, scale: 's', side: 1, grid: { show: false } }],
    };
    const data = [times, ...series.map(({ values }) => values)];
    place.replaceChildren();
    const chart = new uPlot(options, data, place);
    new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height })).observe(place);
  }

  /* A chart that has been drawn, or is being drawn, has its mark. */
  const drawAll = () => {
    for (const place of document.querySelectorAll('[data-history]:not([data-drawn])')) {
      place.dataset.drawn = '';
      void draw(place);
    }
  };
  drawAll();
  document.addEventListener('htmx:after:swap', drawAll);
})();
