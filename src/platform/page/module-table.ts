import type { FeedLag } from '../events/lag.js';
import { html, type Html } from './html.js';

/** What is shown of one module. */
export interface ModuleState {
  readonly name: string;
  readonly calls: readonly string[];
  readonly hears: readonly string[];
  /** Whether its database answers; of a module whose inside is in another project, not for us to say. */
  readonly up: boolean | 'remote';
  /** Its own, without the platform's; empty while its database does not answer. */
  readonly tables: readonly string[];
  readonly lags: readonly FeedLag[];
}

/** The map in words: for those who do not see it, and for narrow screens. */
export const moduleTable = (modules: readonly ModuleState[]): Html =>
  html` <table>
    <caption>
      Each module has the schema of its name, and is the only one to use its tables.
    </caption>
    <thead>
      <tr>
        <th scope="col">Module</th>
        <th scope="col">Database</th>
        <th scope="col">Calls</th>
        <th scope="col">Hears</th>
        <th scope="col">Tables</th>
      </tr>
    </thead>
    <tbody>
      ${modules.map(row)}
    </tbody>
  </table>`;

const wordFor = (up: ModuleState['up']) => (up === 'remote' ? up : up ? 'up' : 'down');

const row = ({ name, up, calls, hears, lags, tables }: ModuleState) =>
  html` <tr>
    <th scope="row">${name}</th>
    <td class="${wordFor(up)}">${wordFor(up)}</td>
    <td>${calls.join(', ') || 'nobody'}</td>
    <td>
      ${
        hears.length === 0
          ? 'nobody'
          : html`<ul>
              ${hears.map((feed) => heard(feed, lags))}
            </ul>`
      }
    </td>
    <td>${tables.join(', ')}</td>
  </tr>`;

function heard(feed: string, lags: readonly FeedLag[]): Html {
  const lag = lags.find((each) => each.feed === feed);
  if (!lag) return html`<li>${feed}</li>`;
  const behind = lag.events === 0 ? 'in step' : `${lag.events} behind, ${Math.ceil(lag.seconds)} s`;
  const parked = lag.parked === 0 ? '' : `, ${lag.parked} parked`;
  return html`<li>${feed}: ${behind}${parked}</li>`;
}
