/* global devicePixelRatio, document, fetch, getComputedStyle, ResizeObserver, uPlot */
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
  /** Seconds between two labels of time: no less than between two points, five minutes. */
  const timeSteps = [300, 600, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];
  /** Of a label of an axis, besides its text: the tick and the space around it. */
  const aroundLabel = 20;

  /** Numbers and times as the page writes them: uPlot by itself asks the browser, not the page. */
  function formatsOf(timeZone) {
    const { lang } = document.documentElement;
    const locale = lang === 'en' ? 'en-GB' : lang;
    const timeFormat = (options) => new Intl.DateTimeFormat(locale, { timeZone, ...options });
    return {
      number: new Intl.NumberFormat(locale, { maximumSignificantDigits: 6 }),
      day: timeFormat({ day: 'numeric', month: 'short' }),
      clock: timeFormat({ hour: '2-digit', minute: '2-digit' }),
      moment: timeFormat({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }),
    };
  }

  /** What stands below the axis of time: the day too where it begins. */
  function timeLabels({ day, clock }, seconds, step) {
    const days = seconds.map((second) => day.format(second * 1000));
    if (step >= 86_400) return days;
    return seconds.map((second, index) => {
      const time = clock.format(second * 1000);
      return days[index] === days[index - 1] ? time : `${time}\n${days[index]}`;
    });
  }

  /** As wide as the longest label needs, so that none is cut. */
  function axisWidth(chart, labels) {
    const widths = (labels ?? []).map((label) => chart.ctx.measureText(label).width / devicePixelRatio);
    return Math.ceil(Math.max(0, ...widths)) + aroundLabel;
  }

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
    const formats = formatsOf(timezone);
    const axis = { stroke: resolved('--ink'), grid: { stroke: resolved('--line') } };
    const figure = (value) => (value === null ? '' : formats.number.format(value));
    const amounts = { ...axis, size: axisWidth, values: (chart, splits) => splits.map(figure) };
    const shown = (value, text) => (value === null || value === undefined ? '–' : text(value));
    const options = {
      width: place.clientWidth,
      height,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timezone),
      series: [
        {
          label: place.dataset.time,
          value: (chart, second) => shown(second, () => formats.moment.format(second * 1000)),
        },
        ...series.map(({ name, label }) => ({
          label,
          value: (chart, value) => shown(value, figure),
          stroke: resolved(colours[name]),
          scale: name === 'duration' ? 's' : 'records',
          // Another measure than that of the others: it would be drawn across them.
          show: name !== 'duration' || series.length === 1,
        })),
      ],
      scales: { records: { range: (chart, least, most) => [0, Math.max(1, most)] } },
      axes: [
        {
          ...axis,
          incrs: timeSteps,
          values: (chart, splits, place, space, step) => timeLabels(formats, splits, step),
        },
        { ...amounts, scale: 'records' },
        { ...amounts, scale: 's', side: 1, grid: { show: false } },
      ],
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
