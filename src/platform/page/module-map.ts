import { html, type Html } from './html.js';

const BOX = { width: 120, height: 40 };
const GAP = { across: 20, down: 70 };
const MARGIN = 10;

/** What the map needs to know of a module. */
interface Known {
  readonly name: string;
  readonly calls: readonly string[];
  readonly hears: readonly string[];
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A picture of who calls and who hears whom: callers stand above those whom they call. */
export function moduleMap(manifests: readonly Known[]): Html {
  const rows = rowsOf(manifests);
  const longest = Math.max(...rows.map((row) => row.length));
  const width = 2 * MARGIN + longest * (BOX.width + GAP.across) - GAP.across;
  const height = 2 * MARGIN + rows.length * (BOX.height + GAP.down) - GAP.down;
  const places = placesOf(rows, width);
  const edges = manifests.flatMap(({ name, calls, hears }) => [
    ...hears.map((target) => edge(places, name, target, 'hears')),
    ...calls.map((target) => edge(places, name, target, 'calls')),
  ]);
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="map-title">
    <title id="map-title">The modules; the table below says the same in words.</title>
    <defs>
      <marker
        id="tip"
        viewBox="0 0 8 8"
        refX="8"
        refY="4"
        markerWidth="7"
        markerHeight="7"
        orient="auto"
      >
        <path d="M0 0 8 4 0 8z" />
      </marker>
    </defs>
    ${edges} ${manifests.map(({ name }) => box(name, places.get(name) as Place))}
  </svg>`;
}

/** Modules by how far they stand above those that know nobody, the highest first. */
function rowsOf(manifests: readonly Known[]): string[][] {
  const known = new Map(manifests.map((manifest) => [manifest.name, manifest]));
  const height = (name: string, path: readonly string[]): number => {
    const manifest = known.get(name);
    // Two modules may hear each other; the way round is cut where it closes.
    if (!manifest || path.includes(name)) return -1;
    const targets = [...manifest.calls, ...manifest.hears];
    return 1 + Math.max(-1, ...targets.map((target) => height(target, [...path, name])));
  };
  const rows: string[][] = [];
  for (const { name } of manifests) (rows[height(name, [])] ??= []).push(name);
  return rows.filter(Boolean).reverse();
}

/** How far a row with room to spare is moved aside, of that room, so that lines pass by its boxes. */
const ASIDE = 0.7;

function placesOf(rows: readonly string[][], width: number): Map<string, Place> {
  return new Map(
    rows.flatMap((row, index) => {
      const taken = row.length * (BOX.width + GAP.across) - GAP.across;
      const room = (width - taken) / 2 - MARGIN;
      const left = MARGIN + room + (index % 2 === 0 ? room : -room) * ASIDE;
      return row.map((name, column) => [
        name,
        {
          x: left + column * (BOX.width + GAP.across),
          y: MARGIN + index * (BOX.height + GAP.down),
        },
      ]);
    }),
  );
}

const box = (name: string, { x, y }: Place) =>
  html` <g>
    <rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="4" />
    <text x="${x + BOX.width / 2}" y="${y + BOX.height / 2}">${name}</text>
  </g>`;

function edge(places: ReadonlyMap<string, Place>, from: string, to: string, kind: string): Html {
  const [start, end] = [places.get(from), places.get(to)];
  if (!start || !end) return html``;
  const downwards = start.y < end.y;
  const shift = kind === 'hears' ? 12 : -12;
  const x1 = start.x + BOX.width / 2 + shift;
  const x2 = end.x + BOX.width / 2 + shift;
  const y1 = start.y + (downwards ? BOX.height : 0);
  const y2 = end.y + (downwards ? 0 : BOX.height);
  return html`<line
    class="${kind}"
    x1="${x1}"
    y1="${y1}"
    x2="${x2}"
    y2="${y2}"
    marker-end="url(#tip)"
  />`;
}
