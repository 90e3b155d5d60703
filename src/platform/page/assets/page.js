// Draws the charts from the tables: a row's header is its place on the axis, its numbers are the
// bars. Without this script, and for screen readers, the tables say the same.

const HEIGHT = 200;
/** 1.5K, 20M: there is little room beside a chart. */
const short = new Intl.NumberFormat('en', { notation: 'compact' });

/** Whole numbers, since half an order is none: 1, 2, 5, 10, up to 5e12. */
const STEPS = Array.from({ length: 39 }, (_, at) => [1, 2, 5][at % 3] * 10 ** Math.floor(at / 3));
/** Pixels that a label takes at most. */
const WIDEST = 90;

const everyNth = (count, step) =>
  Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);

/** A colour of the style sheet as the canvas takes it, be the page light or dark. */
function colour(name) {
  const probe = document.body.appendChild(document.createElement('span'));
  probe.style.color = `var(${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function dataOf(table) {
  const rows = [...table.tBodies[0].rows];
  if (table.dataset.chart === 'latest-first') rows.reverse();
  const labels = rows.map((row) => row.cells[0].textContent);
  const columns = [...table.tHead.rows[0].cells]
    .map((cell, index) => ({ label: cell.textContent, index }))
    .filter(({ index }) => rows[0].cells[index].dataset.value !== undefined);
  const values = columns.map(({ index }) =>
    rows.map((row) => Number(row.cells[index].dataset.value)),
  );
  return { labels, columns, values };
}

function draw(table) {
  if (table.tBodies[0].rows.length === 0) return;
  const { labels, columns, values } = dataOf(table);
  const place = document.createElement('div');
  place.setAttribute('aria-hidden', 'true');
  table.closest('[data-charted]').prepend(place);
  const ink = colour('--ink');
  const axis = { stroke: ink, grid: { stroke: colour('--soft') } };
  const width = () => place.clientWidth;
  const chart = new uPlot(
    {
      width: width(),
      height: HEIGHT,
      scales: {
        x: { time: false, range: [-0.6, labels.length - 0.4] },
        y: { range: (_chart, _least, most) => [0, most * 1.1 || 1] },
      },
      legend: { show: false },
      cursor: { show: false },
      axes: [
        {
          ...axis,
          // As many labels as do not run into each other.
          splits: (chart) =>
            everyNth(labels.length, Math.ceil((labels.length * WIDEST) / chart.width)),
          values: (_chart, splits) => splits.map((split) => labels[split]),
        },
        {
          ...axis,
          incrs: STEPS,
          values: (_chart, splits) => splits.map((split) => short.format(split)),
        },
      ],
      series: [
        {},
        ...columns.map(({ label }) => ({
          label,
          stroke: colour('--good'),
          fill: colour('--good'),
          paths: uPlot.paths.bars({ size: [0.6, 60] }),
          points: { show: false },
        })),
      ],
    },
    [labels.map((_, index) => index), ...values],
    place,
  );
  addEventListener('resize', () => chart.setSize({ width: width(), height: HEIGHT }));
}

document.querySelectorAll('table[data-chart]').forEach(draw);
